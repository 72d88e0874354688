#pragma once

// Everything a program needs.

#include <dossier/claims.h>
#include <dossier/error.h>
#include <dossier/extensions.h>
#include <dossier/options.h>
#include <dossier/prefixes.h>
#include <dossier/query.h>
#include <dossier/store.h>
#include <dossier/syntax.h>
#include <dossier/term.h>
#include <dossier/term_writer.h>
#include <dossier/text_width.h>
#include <dossier/transaction.h>
#include <dossier/value_of.h>

namespace dossier {

// Short for Term::iri.
inline Term iri(std::string text) {
    return Term::iri(std::move(text));
}

// The version of the library, such as "0.1.0".
DOSSIER_EXPORT std::string_view version();
// The libraries it was built with, one a line.
DOSSIER_EXPORT std::string build_information();

}  // namespace dossier
