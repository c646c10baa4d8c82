package docsrender

import "html/template"

// The views are what the templates see. Text in them is as the author wrote it and is
// escaped by html/template; template.HTML comes from the sanitiser or the highlighter.

type siteView struct {
	Title, Description, Policy string

	Rules   bool // there is a page of rules
	Several bool // there are several repositories
}

type pageView struct {
	Site    siteView
	Title   string
	Root    string // "" or "../", from the page to the front page
	Home    bool   // the front page itself
	Typeset bool   // it has formulas or diagrams
}

type badge struct{ Kind, Label, Text string }

type coverView struct {
	Src  string // in the site, "" when it is not packed
	Href string // on the web
	Name string
}

type commandView struct {
	Tag   string
	Lines []string
}

type sourceRef struct {
	Line int
	Href string
}

// diagnosticView is what was found, once for all the places where it was.
type diagnosticView struct {
	Severity, Code, Message, Hint string
	Rule                          string // where the code is explained, or ""
	Refs                          []*sourceRef
	More                          int // places that are not listed
}

type fieldView struct {
	Key, Label, Type, Default, Allowed string
}

type schemaView struct {
	Summary         string // of the whole
	Rows            []propertyView
	Defaults, Notes bool // whether any row has one
}

type propertyView struct {
	Name, Text, Note, Default string
	Required                  bool
	Ref                       *sourceRef
}

type matrixView struct {
	Tags []string
	Rows []matrixRow
}

type matrixRow struct {
	Field string
	Cells []matrixCell
}

type matrixCell struct{ Tag, Text string }

type needView struct {
	All   bool   // what all tags need, where they also need different things
	Tags  string // "" when they hold for all
	Items []needItem
}

// needItem is a kind of need with everything of that kind.
type needItem struct {
	Kind  string
	Words []linkView
}

type permissionView struct {
	Word, Meaning string
	Declared      bool
	Reasons       []reasonView
}

type reasonView struct {
	Text string
	Ref  *sourceRef
}

type versionView struct{ Version, Commit, Date, Changed, Href string }

type linkView struct{ Text, Href string }

type attachmentView struct {
	Name string
	Size string
	Ref  *sourceRef
}

type configView struct {
	Key   string
	Value string
	Long  bool
	Lines int // of a value that is folded, or 0
	Ref   *sourceRef
}

type blockView struct {
	Kind, Name, Lines string
	Line              int // the first
	Ref               *sourceRef
}

type readingView struct {
	ImJoy, Careful []blockView
}

type section struct{ ID, Title string }

type pluginView struct {
	pageView
	Name, Slug, Path string
	Type             string
	Description      string
	Initials         string
	Hue              int
	Badges           []badge
	Tags, Labels     []string
	Covers           []coverView
	Commands         []commandView
	Diagnostics      []diagnosticView
	Readings         *readingView
	Docs             template.HTML
	DocsNote         string
	TOC              []heading
	Sections         []section
	Forms            []taggedForm
	Inputs, Outputs  *schemaView
	Matrix           *matrixView
	Needs            []needView
	Permissions      []permissionView
	Dependencies     []linkView
	UsedBy           []linkView
	Attachments      []attachmentView
	Config           []configView
	Versions         []versionView
	Facts            []linkView // license, authors, website
	SourceHref       string
	Trouble          string    // how much was found, "" for nothing
	Before, After    *linkView // the neighbours on the front page
	Marks            []markView
	MoreMarks        int // that are there, but not shown on the front page

	Repository string // its title

	Twin   bool // another plugin of the site has the same name
	hidden bool
	search string
}

// Cover is the picture of a plugin on the front page, or "".
func (p pluginView) Cover() string {
	if len(p.Covers) == 0 {
		return ""
	}
	return p.Covers[0].Src
}

// markView is a tag or a label on the front page.
type markView struct {
	Text string
	Tag  bool
	Rest bool // only there to be searched
}

type taggedForm struct {
	Tags   string
	Fields []fieldView
}

type sourceView struct {
	pageView
	Name, Path, PluginHref string
	Code                   template.HTML
	Note, Trouble          string
	Diagnostics            []diagnosticView
	Blocks                 []blockView
}

type rulesView struct {
	pageView
	Rules    []ruleView
	Families []familyView // what rules are about, when that is known
}

type ruleView struct {
	Code, Summary, Severity, Family string
	Fixable                         bool
	Doc, Bad, Good                  template.HTML
}

// familyView is what some rules are about, with the first of them.
type familyView struct {
	Name, First string
	Count       int
}

type indexView struct {
	pageView
	Plugins      []pluginView
	Gallery      bool // cards have room for a picture
	Types        []countView
	Labels       []countView
	Repositories []countView // when there are several
	TagNames     []countView
	Elsewhere    []linkView
	Collections  []collectionView
}

type countView struct {
	Name  string
	Count int
}

type collectionView struct {
	Name, Description string
	Members           []linkView
}
