package asset

const (
	maxAsset       = 64 << 20  // bytes of one file
	maxManifest    = 8 << 20   // bytes of what the registry says about one version
	maxPackument   = 64 << 20  // bytes of what it says about all versions
	maxUnpacked    = 256 << 20 // bytes of a package, unpacked
	maxFile        = 32 << 20  // bytes of one file of a package
	maxFiles       = 50_000    // entries of a package
	maxPath        = 1024      // bytes of a path in a package
	maxOpen        = 256 << 20 // bytes of the unpacked packages that are held at a time
	maxSpecifier   = 4 << 10   // bytes of a specifier
	maxExportDepth = 16        // conditions inside conditions
)
