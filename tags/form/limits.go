package form

// Limits on hostile or broken forms. ImJoy itself stops at 2,048 characters of `ui`.
const (
	// maxText is the number of bytes of `ui` text that are searched for elements; what
	// lies beyond is shown as text.
	maxText = 256 << 10
	// maxFields is the number of elements read.
	maxFields = 1000
	// maxDepth is the nesting of lists and objects inside one element.
	maxDepth = 32
	// maxKey is the length of a quoted key. What has no key is no element, so this
	// bounds what each brace in a text may cost.
	maxKey = 100
	// maxUnreadable is the number of unreadable elements after which the rest is
	// text: each may cost a scan of everything behind it.
	maxUnreadable = 50
	// maxKeys is the number of keys of one element that are compared with those it
	// knows.
	maxKeys = 100
	// maxFindings is the number of diagnostics about one form.
	maxFindings = 100
)
