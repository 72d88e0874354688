#pragma once

#include <string>

#include "shell/session.h"

// What a store holds, written where results go.

namespace dossier::shell {

void print_info(Session& session, bool json);
void print_graphs(Session& session);
// Those whose IRI contains `text`, most frequent first.
void print_predicates(Session& session, const std::string& text);
void print_classes(Session& session, const std::string& text);
// The store's and the session's prefixes; `all`: the user's and the well-known ones too.
void print_prefixes(Session& session, bool all);
// The settings kept in the store, those that were never set included.
void print_store_settings(Session& session);
void print_settings(Session& session);

}  // namespace dossier::shell
