// Package lintcache keeps on disk what lint found in texts it has seen, so that a
// second look at an unchanged file costs no more than reading it, and a second run over
// unchanged files not even that.
//
// An answer about a text is never looked up by the name or the age of a file: a [Key] is a
// hash of everything that an answer depends on (the text, the options, the program itself,
// the interpreter that read its Python), and [NewKey] is the only way to make one. What
// changes makes another key, so an old answer cannot be found; it only takes up room
// until newer ones push it out.
//
// A whole [Run] is kept by its arguments, with all that a [Witness] saw it look at:
// [Replay] returns it when every path has the state it had and every question the answer;
// otherwise what was noted of paths that did not change ([Before]) spares the next run to
// read them.
// Paths are compared by what the system tells of them without reading, which is done
// only where that can be trusted: see state.
//
// [Open] reads the pack of a project, one file; [Cache.Findings] and [Cache.Bytes] look
// up; [Cache.Keep] and [Cache.KeepBytes] add; [Cache.Save] writes the pack anew if
// something was added. A pack that is missing, cut short, damaged or made by another
// version of the program is as if it were empty, and a folder that cannot be written
// is as if there were no cache: no error of the cache is one of its caller.
//
// The package holds answers and judges nothing; who may ask for which is the matter of
// its caller.
package lintcache
