#pragma once

/* Bits, as the table of functions has them. An eventfd, an inotify and the like are OTHER. */
enum { KIND_SOCKET = 1, KIND_PIPE = 2, KIND_FILE = 4, KIND_OTHER = 8, KIND_ANY = 15 };

int descriptor_kind(int fd);
