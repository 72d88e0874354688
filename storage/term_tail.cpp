#include "storage/term_tail.h"

#include <mutex>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <dossier/error.h>

#include "storage/term_bytes.h"

namespace dossier::storage {

namespace {

// Longer terms are cut in keys, so that a megabyte of text does not become a megabyte of key.
constexpr std::size_t most_key_bytes = 128;
constexpr std::size_t kept_bytes = 64;

void append_index_bytes(std::string& key, std::string_view bytes) {
    if (is_exact_key(bytes)) {
        key += '\0';
        key += bytes;
        return;
    }
    key += '\1';
    key += bytes.substr(0, kept_bytes);
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    append_big_endian(key, static_cast<std::uint64_t>(hash.high64));
    append_big_endian(key, static_cast<std::uint64_t>(hash.low64));
}

}  // namespace

bool is_exact_key(std::string_view bytes) {
    return bytes.size() <= most_key_bytes;
}

std::string tail_key(TermId id) {
    std::string key;
    append_big_endian(key, id.bits);
    return key;
}

std::string tail_value(std::string_view bytes, std::string_view note) {
    std::string value;
    append_varint(value, note.size());
    value += note;
    value += bytes;
    return value;
}

TailTerm parse_tail_value(std::string_view value, TermId id) {
    std::uint64_t length = 0;
    if (!read_varint(value, length) || length > value.size()) {
        throw StoreError("damaged store: the dictionary entry of id " + std::to_string(id.bits) +
                         " ends early");
    }
    return {value.substr(length), value.substr(0, length)};
}

std::string tail_index_key(std::string_view bytes, Tag tag) {
    std::string key(1, static_cast<char>(tag));
    append_index_bytes(key, bytes);
    return key;
}

std::string name_key(std::uint64_t payload) {
    std::string key = "i";
    append_big_endian(key, payload);
    return key;
}

std::string name_index_key(std::string_view iri) {
    std::string key = "t";
    append_index_bytes(key, iri);
    return key;
}

void append_candidate(std::string& value, TermId id) {
    append_u64(value, id.bits);
}

std::vector<TermId> candidates(std::string_view value) {
    std::vector<TermId> ids;
    for (; value.size() >= 8; value.remove_prefix(8)) ids.push_back({read_u64(value.data())});
    return ids;
}

std::size_t BytesHash::operator()(std::string_view bytes) const noexcept {
    return XXH3_64bits(bytes.data(), bytes.size());
}

NameTable::NameTable(std::shared_ptr<const BlockStore> store) : store_(std::move(store)) {}

void NameTable::read_up_to(std::uint64_t limit) const {
    const std::unique_lock lock(mutex_);
    if (!complete_ || limit <= read_through_) return;
    const auto cursor = store_->scan(Family::names, name_key(read_through_), name_key(limit));
    while (cursor->next()) {
        if (cursor->key().size() != 9) continue;
        const std::uint64_t payload = read_big_endian_u64(cursor->key().data() + 1);
        payloads_.emplace(std::string(cursor->value()), payload);
        iris_.emplace(payload, std::string(cursor->value()));
        if (iris_.size() > most_in_memory) {
            complete_ = false;
            break;
        }
    }
    read_through_ = limit;
}

std::optional<TermId> NameTable::find(std::string_view iri, std::uint64_t limit) const {
    {
        std::shared_lock lock(mutex_);
        if (complete_ && limit > read_through_) {
            lock.unlock();
            read_up_to(limit);
            lock.lock();
        }
        if (const auto found = payloads_.find(iri); found != payloads_.end()) {
            return TermId::of(Tag::name, found->second);
        }
        if (complete_) return std::nullopt;
    }
    const PinnedValue value = store_->get(Family::names, name_index_key(iri));
    if (!value) return std::nullopt;
    for (TermId id : candidates(value.bytes())) {
        if (is_exact_key(iri)) return id;
        std::string text;
        if (term(id.payload(), text) && text == iri) return id;
    }
    return std::nullopt;
}

bool NameTable::term(std::uint64_t payload, std::string& iri) const {
    {
        const std::shared_lock lock(mutex_);
        if (const auto found = iris_.find(payload); found != iris_.end()) {
            iri = found->second;
            return true;
        }
    }
    const PinnedValue value = store_->get(Family::names, name_key(payload));
    if (!value) return false;
    iri = value.bytes();
    const std::unique_lock lock(mutex_);
    if (complete_) return true;  // it comes in with its neighbours
    if (iris_.size() > most_in_memory) {
        iris_.clear();
        payloads_.clear();
    }
    iris_.emplace(payload, iri);
    payloads_.emplace(iri, payload);
    return true;
}

void NameTable::add(std::uint64_t payload, std::string_view iri) {
    const std::unique_lock lock(mutex_);
    // Above a gap (another process's names, or a rolled back transaction's) the store is still to
    // be read.
    if (payload == read_through_) ++read_through_;
    iris_.emplace(payload, std::string(iri));
    payloads_.emplace(std::string(iri), payload);
    if (iris_.size() > most_in_memory) complete_ = false;
}

}  // namespace dossier::storage
