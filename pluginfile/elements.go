package pluginfile

import "hash/maphash"

// elements is the stack of open elements. Names are not copied: an element is the
// place of its name in the text.
//
// An end tag closes the nearest element of its name, and one without any closes
// nothing; the original looks through the whole stack for it each time. Here a near
// element is found by looking, too, but once a search went deep the open elements
// are counted by name, and a name that is not open costs nothing.
type elements struct {
	text  []byte
	stack []element
	seed  maphash.Seed
	open  map[uint64]int32 // by hash of the lower-cased name; nil until needed
	name  []byte           // scratch
}

type element struct{ start, end uint32 }

func (e *elements) at(i int) []byte { return e.text[e.stack[i].start:e.stack[i].end] }

func (e *elements) reset() {
	e.stack = e.stack[:0]
	e.open = nil
}

func (e *elements) push(start, end int) {
	e.stack = append(e.stack, element{uint32(start), uint32(end)})
	if e.open != nil {
		e.open[e.hash(e.text[start:end])]++
	}
}

// find returns the index of the nearest open element of that name, -1 without one.
func (e *elements) find(name []byte) int {
	deepest := max(0, len(e.stack)-nearElements)
	for i := len(e.stack) - 1; i >= deepest; i-- {
		if foldEqual(e.at(i), name) {
			return i
		}
	}
	if deepest == 0 {
		return -1
	}
	if e.open == nil {
		e.count()
	}
	if e.open[e.hash(name)] == 0 {
		return -1
	}
	for i := deepest - 1; i >= 0; i-- {
		if foldEqual(e.at(i), name) {
			return i
		}
	}
	return -1
}

// closeTo closes the element i and everything above it.
func (e *elements) closeTo(i int) {
	if e.open != nil {
		for n := i; n < len(e.stack); n++ {
			h := e.hash(e.at(n))
			if e.open[h]--; e.open[h] == 0 {
				delete(e.open, h)
			}
		}
	}
	e.stack = e.stack[:i]
}

func (e *elements) count() {
	if e.seed == (maphash.Seed{}) {
		e.seed = maphash.MakeSeed()
	}
	e.open = make(map[uint64]int32)
	for i := range e.stack {
		e.open[e.hash(e.at(i))]++
	}
}

func (e *elements) hash(name []byte) uint64 {
	e.name = e.name[:0]
	for _, c := range name {
		e.name = append(e.name, lower(c))
	}
	return maphash.Bytes(e.seed, e.name)
}
