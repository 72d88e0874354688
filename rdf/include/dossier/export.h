#pragma once

// DOSSIER_EXPORT marks what the shared library offers; everything else in it is hidden.
#if defined(DOSSIER_BUILDING) || !defined(DOSSIER_STATIC)
#define DOSSIER_EXPORT __attribute__((visibility("default")))
#else
#define DOSSIER_EXPORT
#endif
