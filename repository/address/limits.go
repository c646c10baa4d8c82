package address

const (
	maxAddress = 4096 // bytes of an address
	maxName    = 200  // bytes of a plugin's name; ImJoy itself allows 48 characters
	maxTag     = 128  // bytes of a tag
	maxRef     = 250  // bytes of a ref, as git hosts allow
	maxSlug    = 40   // bytes of the readable part of a slug
)
