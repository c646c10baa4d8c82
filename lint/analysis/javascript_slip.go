package analysis

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Slips of the pen: names that nothing declares and that are one letter away from one
// that exists.

// slip notes a name that nothing in the text declares when it is one letter away from a
// global of every page or worker, or from a name that its scope declares.
func (w *walker) slip(name Literal) {
	if len(name.Text) < minSlip || len(name.Text) > maxSlip || isGlobal(name.Text) {
		return
	}
	s := Slip{Literal: name, Meant: nearGlobal(name.Text)}
	if s.Meant == "" {
		s.Meant, s.Declared = w.scope.near(name.Text), true
	}
	if s.Meant != "" {
		w.code.Slips = add(w.code.Slips, s)
	}
}

// near returns the name of the innermost scope that is one letter away from another.
func (s *scope) near(name string) string {
	for ; s != nil; s = s.outer {
		best := ""
		for declared := range s.names {
			if len(declared) >= minSlip && OneLetter(name, declared) && (best == "" || cmp.Less(declared, best)) {
				best = declared
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// nearGlobal returns the global that is one letter away from a name.
func nearGlobal(name string) string {
	i := slices.IndexFunc(oftenMeant(), func(global string) bool { return OneLetter(name, global) })
	if i < 0 {
		return ""
	}
	return oftenMeant()[i]
}

// OneLetter reports whether one word becomes the other by putting in, leaving out or
// replacing one letter, or by swapping two neighbours. The words count as bytes.
func OneLetter(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] || Swapped(a, b)
}

// Swapped reports whether one word becomes the other by swapping two neighbours.
func Swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// isGlobal reports whether a name is a global of pages or workers, as far as a slip
// could be taken for one.
func isGlobal(name string) bool {
	return globals()[name] || hostVariable(name)
}

var (
	oftenMeant = sync.OnceValue(func() []string { return strings.Fields(meantGlobals) })
	globals    = sync.OnceValue(func() map[string]bool {
		known := map[string]bool{}
		for _, list := range []string{meantGlobals, otherGlobals} {
			for _, name := range strings.Fields(list) {
				known[name] = true
			}
		}
		return known
	})
)

// meantGlobals are the globals that scripts use most and whose names are no words that
// somebody would also give to something else.
const meantGlobals = `
console document window navigator location localStorage sessionStorage indexedDB performance globalThis importScripts
setTimeout setInterval clearTimeout clearInterval requestAnimationFrame cancelAnimationFrame queueMicrotask structuredClone
fetch alert confirm prompt atob btoa crypto undefined arguments addEventListener removeEventListener dispatchEvent postMessage
parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI createImageBitmap getComputedStyle
Object Array String Number Boolean Symbol BigInt Function Promise Proxy Reflect RegExp Date Math JSON Intl Infinity
Error TypeError RangeError SyntaxError ReferenceError EvalError AggregateError DOMException WeakMap WeakSet WeakRef
ArrayBuffer SharedArrayBuffer DataView Atomics WebAssembly Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array
Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array
Blob File FileReader FileList FormData Headers Request Response XMLHttpRequest WebSocket EventSource Worker SharedWorker
MessageChannel MessagePort BroadcastChannel AbortController AbortSignal URLSearchParams TextDecoder TextEncoder
ReadableStream WritableStream TransformStream CustomEvent EventTarget KeyboardEvent MouseEvent PointerEvent
HTMLElement HTMLCanvasElement HTMLImageElement HTMLInputElement HTMLVideoElement DOMParser XMLSerializer Image ImageData ImageBitmap
OffscreenCanvas Path2D Audio AudioContext MutationObserver ResizeObserver IntersectionObserver
`

// otherGlobals are further ones: all that begin with a small letter, and those that are
// one letter away from one that is often meant.
const otherGlobals = `
api imjoy imjoyRPC require module exports define process global ai blur caches cancelIdleCallback clearImmediate clientInformation
clients close closed cookieStore crashReport credentialless crossOriginIsolated currentFrame currentTime customElements
devicePixelRatio documentPictureInPicture escape eval event external fence fetchLater find focus fonts frameElement frames
getScreenDetails getSelection history innerHeight innerWidth isSecureContext launchQueue length locationbar matchMedia menubar
model moveBy moveTo name navigation offscreenBuffering open opener origin originAgentCluster outerHeight outerWidth pageXOffset
pageYOffset parent personalbar port print queryLocalFonts registerPaint registerProcessor registration renderQuantumSize
reportError requestIdleCallback requestResize resizeBy resizeTo sampleRate scheduler screen screenLeft screenTop screenX screenY
scroll scrollBy scrollTo scrollX scrollY scrollbars self serviceWorker setImmediate sharedStorage showDirectoryPicker
showOpenFilePicker showSaveFilePicker skipWaiting speechSynthesis status statusbar stop styleMedia toolbar top trustedTypes
unescape viewport visualViewport webkitRequestFileSystem webkitRequestFileSystemSync webkitResolveLocalFileSystemSyncURL
webkitResolveLocalFileSystemURL when captureEvents releaseEvents
Crypto Document Location Navigator Performance Window ImageJ
`
