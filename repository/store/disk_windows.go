package store

// dirsSync: Windows has no sync for folders; NTFS journals names by itself.
const dirsSync = false
