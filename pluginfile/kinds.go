package pluginfile

// Kinds lists the blocks that ImJoy reads, in the order people usually write them;
// [FileBlock] and [ManifestBlock] are Hypha's and not among them.
func Kinds() []Kind {
	return []Kind{DocsBlock, ConfigBlock, ScriptBlock, WindowBlock, StyleBlock, LinkBlock, AttachmentBlock}
}

// ImJoy reports whether ImJoy reads blocks of this kind. It is exact: "Config" is
// an unknown block to ImJoy.
func (k Kind) ImJoy() bool {
	switch k {
	case ConfigBlock, ScriptBlock, WindowBlock, StyleBlock, DocsBlock, AttachmentBlock, LinkBlock:
		return true
	}
	return false
}

// Known reports whether ImJoy or Hypha reads blocks of this kind.
func (k Kind) Known() bool { return k.ImJoy() || k == FileBlock || k == ManifestBlock }

// kindOf returns the kind of a tag name, without an allocation for known ones.
func kindOf(name []byte) Kind {
	if kind, ok := knownKind(name); ok {
		return kind
	}
	return Kind(name)
}

// knownKind returns the known kind of exactly that name.
func knownKind(name []byte) (kind Kind, ok bool) {
	switch string(name) {
	case "config":
		return ConfigBlock, true
	case "script":
		return ScriptBlock, true
	case "window":
		return WindowBlock, true
	case "style":
		return StyleBlock, true
	case "docs":
		return DocsBlock, true
	case "attachment":
		return AttachmentBlock, true
	case "link":
		return LinkBlock, true
	case "file":
		return FileBlock, true
	case "manifest":
		return ManifestBlock, true
	}
	return "", false
}

// meantKind returns the known kind that a name is but for the case of its letters.
func meantKind(name []byte) (kind Kind, ok bool) {
	if len(name) < len("docs") || len(name) > len("attachment") {
		return "", false
	}
	var buffer [len("attachment")]byte
	for i, c := range name {
		buffer[i] = lower(c)
	}
	return knownKind(buffer[:len(name)])
}

// isRaw reports whether nothing is markup inside elements of this name.
func isRaw(name []byte) bool {
	switch len(name) {
	case len("style"):
		return foldName(name, "style")
	case len("script"):
		return foldName(name, "script")
	case len("textarea"):
		return foldName(name, "textarea")
	}
	return false
}

// dropsNewline reports whether the tokenizer leaves a newline after a start tag
// away inside elements of this name.
func dropsNewline(name []byte) bool { return foldName(name, "pre") || foldName(name, "textarea") }

// isVoid reports whether HTML knows no end tag for this name. ImJoy does not care,
// but people write such tags without the slash.
func isVoid(name []byte) bool {
	if len(name) > len("source") {
		return false
	}
	var buffer [len("source")]byte
	for i, c := range name {
		buffer[i] = lower(c)
	}
	switch string(buffer[:len(name)]) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// isPage reports whether the element wraps a whole HTML page or half of it.
func isPage(name []byte) bool {
	return foldName(name, "html") || foldName(name, "body") || foldName(name, "head")
}
