#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>

#include "storage/dictionary.h"

namespace dossier::storage {

// A look-up by term asks at most this many segments of one kind.
inline constexpr std::size_t most_searched_segments = 8;

// Where more would be asked, the smaller ones are merged into an index: terms -> ids, with a column
// of ids. Ids and the segments they are read from stay as they are. Writes the indexes, durable at
// return, and enters them in `root`; nothing is visible before that is published. Throws
// Interrupted.
void merge_term_indexes(const std::shared_ptr<BlockStore>& store, DictionaryRoot& root,
                        const std::stop_token& stop);

}  // namespace dossier::storage
