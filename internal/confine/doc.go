// Package confine starts the children of the program and ends them. Every process
// the program starts goes through [Start]; nothing else forks.
//
// A [Child] gets its limits before its first instruction runs, an environment
// written down in full ([Environment]), no controlling terminal, and no way to gain
// privileges. It is told apart from all other processes for as long as it and
// whatever it starts live, so that [Child.Kill] ends the whole tree: double forks,
// new sessions and ignored signals included. When the first process of a tree ends,
// the rest of the tree is ended with it.
//
// A [Fence] keeps a child from files, programs and the network: Landlock, a filter of
// system calls, and namespaces where the system gives them. [Child.Fenced] says what
// holds for one child, [Describe] what does here at all. The package knows nothing of
// frames, plugins or permissions; a memory limit counts for each process of a tree,
// not for their sum.
package confine
