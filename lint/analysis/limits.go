package analysis

const (
	// MaxScriptBytes is the longest script that is read. Parsers of JavaScript call
	// themselves for every level of nesting, and a stack that is full ends the whole
	// process: a longer text could hold enough levels for that.
	MaxScriptBytes = 2 << 20
	// maxNesting is the deepest nesting of brackets that is read.
	maxNesting = 2000
	// maxRun is the longest stretch without any of "; , } newline", within which
	// operators could nest (`a=>a=>a=>...`).
	maxRun = 256 << 10
	// maxChain is how many arrows and labels may follow each other within a run.
	maxChain = 500
	// maxLine is the longest line that is given to esbuild.
	maxLine = 128 << 10
	// maxSuspicious is how many names may seem to be declared twice before nobody
	// asks whether they are.
	maxSuspicious = 100
	// maxFacts is how many facts of one kind are kept of one script.
	maxFacts = 5000
	// maxFaults is how many syntax errors of one script are told: most after the
	// first follow from it.
	maxFaults = 3
	// maxPlans is for how many tags a plan is made.
	maxPlans = 32
	// maxHelpers is how many helpers read Python at once, and minHelperBytes how much text
	// one must have to be worth its start, which takes as long as reading that much.
	maxHelpers     = 4
	minHelperBytes = 64 << 10
	// minSlip and maxSlip are how many letters a name has that may be a slip of the pen:
	// short ones are all near to each other.
	minSlip, maxSlip = 4, 64
	// maxCached is how many texts a Cache keeps.
	maxCached = 4096
)
