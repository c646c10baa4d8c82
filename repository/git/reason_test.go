package git

import "testing"

func TestReasonIsWhatGitCallsFatal(t *testing.T) {
	for talk, want := range map[string]string{
		"fatal: '/srv/x' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n": "'/srv/x' does not appear to be a git repository",
		"remote: Not Found\nfatal: repository 'https://host.example/x.git/' not found\n":                                                                                                             "repository 'https://host.example/x.git/' not found",
		"something else": "something else",
		"":               "git ended with exit code 7",
	} {
		if got := reason(talk, 7); got != want {
			t.Errorf("%q: %q, want %q", talk, got, want)
		}
	}
}
