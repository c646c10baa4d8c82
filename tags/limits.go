package tags

// Limits on hostile or broken configs.
const (
	// MaxTags is the number of tags that are read: [All] makes a plan of each.
	MaxTags = 100
	// maxDependencies is the number of dependencies of one plan.
	maxDependencies = 200
	// maxKeys is the number of keys of a choice by tag that are looked at for mistakes.
	maxKeys = 200
	// maxNamedHosts is the number of hosts in scripts that are told one by one.
	maxNamedHosts = 100
	// maxHostLength is the number of bytes that a host with credentials and port can have.
	maxHostLength = 512
	// maxFindings is the number of diagnostics of this package about one plan.
	maxFindings = 200
)
