package schema

import (
	"github.com/imjoy-tools/imjoy/pluginfile/conf"
	"github.com/imjoy-tools/imjoy/pluginfile/source"
)

func parse(text string) *conf.Node {
	s := source.New("x", []byte(text))
	n, ds := conf.ParseJSON(source.Whole(s, s.All()))
	for _, d := range ds {
		panic(d.Message + text)
	}
	return n
}
