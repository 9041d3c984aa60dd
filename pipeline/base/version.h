/* version.h - the version of quern. A change of any byte that a filter writes is a new major version. */
#ifndef QUERN_VERSION_H
#define QUERN_VERSION_H

#define QUERN_VERSION "0.2.0"

#endif
