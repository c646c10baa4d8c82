// Package terminal shows running plugins to a person at a terminal, or to a log when
// there is none: what they say goes to stderr, what they ask is asked there and
// answered on stdin. Make a [Terminal] with [New]; it is the Frontend of a workspace.
//
// Without a terminal nobody is asked: questions are answered with their defaults, or
// refused with [ErrNobody]. One question is asked at a time, and one that is waiting
// ends with its context. Text of plugins sends no escape sequence, and each of its
// lines begins with the name of its plugin, so that a plugin cannot forge the output
// of the program.
package terminal
