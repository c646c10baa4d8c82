package repository

const (
	maxDependencies = 200       // plugins of one closure
	maxDepth        = 32        // of dependencies of dependencies
	maxClosure      = 64 << 20  // bytes of all documents of a closure
	maxFiles        = 1000      // plugin files looked at in one folder
	maxFolders      = 8         // levels below a folder that are looked at
	maxAncestors    = 8         // levels above a file in which its manifest may lie
	maxHops         = 4         // links that an address may lead through
	maxName         = 200       // bytes of a plugin's name
	maxDiffTable    = 16 << 20  // pairs of lines that are compared to show a change
	maxAssets       = 256 << 20 // bytes of all that the scripts of a closure load
)
