package requirement

import "github.com/imjoy-tools/imjoy/pluginfile/source"

// Rules are the rules this package reports.
var Rules = []*source.Rule{
	ruleShape, ruleEmpty, ruleSyntax, ruleShell, ruleManager, ruleOption, ruleUselessOption, ruleRedirect,
	ruleURL, ruleInsecure, ruleCredentials, ruleUnpinned, rulePrivatePath, ruleScript, ruleScriptKind,
	ruleEnvType, ruleEnvFile, ruleSeveralEnvs, rulePython, ruleVariable, ruleCommand, ruleIgnoredField,
}

var ruleShape = &source.Rule{
	Code: "requirement-shape", Severity: source.Error,
	Summary: "env, requirements or cmd has a value of the wrong kind",
	Doc:     "`requirements` and `env` are lists of strings (one string stands for a list of itself; `env` may also hold objects with a `type`), and `cmd` is a string.",
	Bad:     `{"requirements": [["numpy"]]}`,
	Good:    `{"requirements": ["numpy"]}`,
}

var ruleEmpty = &source.Rule{
	Code: "requirement-empty", Severity: source.Warning,
	Summary: "an empty requirement",
	Doc:     "ImJoy runs a bare `pip install` for an empty string, which fails after a while. Here it is left out.",
	Bad:     `{"requirements": [""]}`,
	Good:    `{"requirements": []}`,
}

var ruleSyntax = &source.Rule{
	Code: "requirement-syntax", Severity: source.Error,
	Summary: "a requirement that cannot be read",
	Doc: "Packages for pip are written as PEP 508 says (`name`, `name[extra]`, `name==1.2`, `name>=1,<2`, `name; python_version < \"3.9\"`), " +
		"packages for conda as conda does (`name`, `name=1.2`, `channel::name`). A line that is only partly understood is not installed at all.",
	Bad:  `{"requirements": ["pip: numpy=1.15"]}`,
	Good: `{"requirements": ["pip: numpy==1.15"]}`,
}

var ruleShell = &source.Rule{
	Code: "requirement-shell", Severity: source.Error,
	Summary: "a character that means something only to a shell",
	Doc: "ImJoy gave these lines to a shell, so a requirement could do anything. Here no shell ever reads them: they are taken apart by a grammar, " +
		"and what only a shell would understand (`;`, `|`, `$`, back quotes, redirections, wildcards) is an error. `&&` between commands is understood.",
	Bad:  `{"requirements": ["pip: numpy; rm -rf ~"]}`,
	Good: `{"requirements": ["pip: numpy"]}`,
}

var ruleManager = &source.Rule{
	Code: "requirement-manager", Severity: source.Error,
	Summary: "an unknown word before the colon of a requirement",
	Doc:     "ImJoy knows `pip:`, `conda:`, `repo:` and `cmd:`, in lower case; without a colon the line is pip's. Anything else stops the installation there.",
	Bad:     `{"requirements": ["PIP: numpy"]}`,
	Good:    `{"requirements": ["pip: numpy"]}`,
}

var ruleOption = &source.Rule{
	Code: "requirement-option", Severity: source.Error,
	Summary: "an option that a plugin may not give",
	Doc: "Options choose where packages come from, where they go and which code runs meanwhile; that is the decision of whoever installs. " +
		"A plugin may say `-U`, `--pre`, `--no-deps` and `-e` to pip, `-c CHANNEL` and `-n NAME` to conda, `-b BRANCH` to git.",
	Bad:  `{"requirements": ["pip: --index-url https://pypi.example numpy"]}`,
	Good: `{"requirements": ["pip: -U numpy"]}`,
}

var ruleUselessOption = &source.Rule{
	Code: "requirement-option-useless", Severity: source.Info,
	Summary: "something that changes nothing about what is installed",
	Doc:     "The line is read without it.",
	Bad:     `{"requirements": ["pip: --user numpy"]}`,
	Good:    `{"requirements": ["pip: numpy"]}`,
}

var ruleRedirect = &source.Rule{
	Code: "requirement-redirect", Severity: source.Info,
	Summary: "a version bound that ImJoy loses",
	Doc: "ImJoy gives `pip install numpy>=1.15` to a shell without quotes: the shell writes to a file called `=1.15`, and pip installs any version. " +
		"Here the bound is kept. Quotes inside the string work in both.",
	Bad:  `{"requirements": ["numpy>=1.15"]}`,
	Good: `{"requirements": ["'numpy>=1.15'"]}`,
}

var ruleURL = &source.Rule{
	Code: "requirement-url", Severity: source.Error,
	Summary: "an address that nothing is fetched from",
	Doc:     "Code comes from `https:` and `git+https:` addresses (and from http on this machine). Other schemes run programs, read local files or can be changed on the way.",
	Bad:     `{"requirements": ["git+ssh://git@example.org/x.git"]}`,
	Good:    `{"requirements": ["git+https://example.org/x.git@0123456789abcdef0123456789abcdef01234567"]}`,
}

var ruleInsecure = &source.Rule{
	Code: "requirement-insecure", Severity: source.Warning,
	Summary: "a script fetched over plain http",
	Doc:     "Anybody between the host and the browser can change the script, and a page served by https refuses to load it.",
	Bad:     `{"requirements": ["http://example.org/x.js"]}`,
	Good:    `{"requirements": ["https://example.org/x.js"]}`,
}

var ruleCredentials = &source.Rule{
	Code: "requirement-credentials", Severity: source.Error,
	Summary: "a URL with a password or token",
	Doc:     "A plugin is a file that others read. Revoke the credentials: they must be taken for public.",
	Bad:     `{"requirements": ["git+https://user:token@example.org/x.git"]}`,
	Good:    `{"requirements": ["git+https://example.org/x.git"]}`,
}

var ruleUnpinned = &source.Rule{
	Code: "requirement-unpinned", Severity: source.Warning,
	Summary: "a repository whose content may change",
	Doc:     "Without a full commit id every installation may get other code. An installation remembers the commit it got, but two people may have two.",
	Bad:     `{"requirements": ["git+https://example.org/x.git"]}`,
	Good:    `{"requirements": ["git+https://example.org/x.git@0123456789abcdef0123456789abcdef01234567"]}`,
}

var rulePrivatePath = &source.Rule{
	Code: "requirement-private-path", Severity: source.Error,
	Summary: "a path that exists only on one machine",
	Doc:     "Nobody else has that folder. A folder of a repository that the plugin clones with `repo:` is fine.",
	Bad:     `{"requirements": ["pip: -e /home/me/code/x"]}`,
	Good:    `{"requirements": ["repo: https://example.org/x.git", "pip: -e x"]}`,
}

var ruleScript = &source.Rule{
	Code: "requirement-script", Severity: source.Error,
	Summary: "a requirement that the plugin's runtime cannot load",
	Doc:     "A page loads scripts, modules and style sheets, a worker only classic scripts, from full URLs. Other words are logged and ignored by ImJoy, or stop the plugin.",
	Bad:     `{"type": "window", "requirements": ["jquery"]}`,
	Good:    `{"type": "window", "requirements": ["https://cdn.jsdelivr.net/npm/jquery@3.7.1/dist/jquery.min.js"]}`,
}

var ruleScriptKind = &source.Rule{
	Code: "requirement-kind", Severity: source.Warning,
	Summary: "a file that ImJoy loads as something else",
	Doc:     "ImJoy looks at the end of the whole string: `x.css?v=1` ends with neither `.css` nor `.js`, so it is loaded as a script. A prefix (`css:`, `js:`, `mjs:`) says what the file is.",
	Bad:     `{"requirements": ["https://example.org/x.css?v=1"]}`,
	Good:    `{"requirements": ["css:https://example.org/x.css?v=1"]}`,
}

var ruleEnvType = &source.Rule{
	Code: "env-type", Severity: source.Error,
	Summary: "an unknown type of env object",
	Doc:     "An object in `env` has the type `variable` (variables of the process), `gputil` (choice of graphics cards) or `binder` (a Jupyter server).",
	Bad:     `{"env": [{"type": "variables", "options": {"A": "1"}}]}`,
	Good:    `{"env": [{"type": "variable", "options": {"A": "1"}}]}`,
}

var ruleEnvFile = &source.Rule{
	Code: "env-file", Severity: source.Warning,
	Summary: "an environment file beside the plugin",
	Doc:     "A plugin is one file; a conda environment file is found only if a cloned repository brings it. Nothing can be said about its packages beforehand.",
	Bad:     `{"env": "conda env create -f environment.yml"}`,
	Good:    `{"env": "conda create -n x python=3.11 numpy"}`,
}

var ruleSeveralEnvs = &source.Rule{
	Code: "env-several", Severity: source.Warning,
	Summary: "two environments or two Pythons for one plugin",
	Doc:     "A plugin runs in one environment. ImJoy takes the last name; here one environment takes all packages and must satisfy both versions.",
	Bad:     `{"env": ["conda create -n a python=3.6", "conda create -n b python=3.7"]}`,
	Good:    `{"env": ["conda create -n a python=3.7"]}`,
}

var rulePython = &source.Rule{
	Code: "env-python", Severity: source.Error,
	Summary: "a version of Python that cannot be compared",
	Doc:     "Write `python=3.11` for any 3.11, or bounds such as `python>=3.9,<3.13`.",
	Bad:     `{"env": "conda create -n x 'python=3.6|3.8'"}`,
	Good:    `{"env": "conda create -n x python=3.11"}`,
}

var ruleVariable = &source.Rule{
	Code: "env-variable", Severity: source.Error,
	Summary: "a variable that a plugin may not set",
	Doc:     "Variables such as `PATH`, `LD_PRELOAD`, `PYTHONPATH`, `PIP_INDEX_URL` or a proxy change which code runs, in this process and its children.",
	Bad:     `{"env": [{"type": "variable", "options": {"LD_PRELOAD": "x.so"}}]}`,
	Good:    `{"env": [{"type": "variable", "options": {"KERAS_BACKEND": "tensorflow"}}]}`,
}

var ruleCommand = &source.Rule{
	Code: "requirement-command", Severity: source.Info,
	Summary: "a command that needs consent",
	Doc: "A command can do whatever its user can. It is shown word by word and runs only with consent (`--allow-run`), without a shell. " +
		"Most commands install packages: declared with `pip:`, `conda:` or `repo:` they need no consent and can be locked.",
	Bad:  `{"requirements": ["cmd: pip install -r x/requirements.txt"]}`,
	Good: `{"requirements": ["pip: numpy scipy"]}`,
}

var ruleIgnoredField = &source.Rule{
	Code: "env-ignored", Severity: source.Warning,
	Summary: "env or cmd of a plugin that is not native Python",
	Doc:     "Only `native-python` plugins have a process and an environment; elsewhere the fields are never read.",
	Bad:     `{"type": "window", "env": "conda create -n x"}`,
	Good:    `{"type": "window"}`,
}
