#include "storage/term_segment.h"

#include <algorithm>
#include <list>
#include <set>

#include <dossier/error.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/term_bytes.h"

namespace dossier::storage {

namespace {

Family family_of(SegmentPart part, bool is_index) {
    switch (part) {
        case SegmentPart::blocks:
            return is_index ? Family::term_index : Family::terms;
        case SegmentPart::directory:
            return Family::term_index;
        case SegmentPart::filter:
            return Family::term_filter;
    }
    return Family::terms;
}

[[noreturn]] void throw_damaged_root() {
    throw StoreError("damaged store: the list of dictionary segments ends early");
}

}  // namespace

void TermSegmentRoot::append_to(std::string& out) const {
    std::string record;
    append_varint(record, number);
    append_varint(record, static_cast<std::uint64_t>(tag));
    append_varint(record, is_index ? 1 : 0);
    append_varint(record, covered_by);
    append_varint(record, base);
    append_varint(record, terms);
    append_varint(record, blocks);
    append_varint(record, directory_pages);
    append_varint(record, filter_pages);
    append_varint(record, bytes);
    append_varint(record, block_terms);
    append_varint(out, record.size());
    out += record;
}

TermSegmentRoot TermSegmentRoot::parse(std::string_view& bytes) {
    std::uint64_t size = 0;
    if (!read_varint(bytes, size) || size > bytes.size()) throw_damaged_root();
    // What a later version adds at the end of the record is skipped.
    std::string_view record = bytes.substr(0, size);
    bytes.remove_prefix(size);
    const auto next = [&] {
        std::uint64_t value = 0;
        if (!read_varint(record, value)) throw_damaged_root();
        return value;
    };
    TermSegmentRoot root;
    root.number = static_cast<std::uint32_t>(next());
    root.tag = static_cast<Tag>(next());
    root.is_index = next() != 0;
    root.covered_by = static_cast<std::uint32_t>(next());
    root.base = next();
    root.terms = next();
    root.blocks = static_cast<std::uint32_t>(next());
    root.directory_pages = static_cast<std::uint32_t>(next());
    root.filter_pages = static_cast<std::uint32_t>(next());
    root.bytes = next();
    root.block_terms = static_cast<std::uint32_t>(next());
    if (root.block_terms == 0 || root.block_terms > terms_per_block) throw_damaged_root();
    return root;
}

std::string segment_key(std::uint32_t number, SegmentPart part, std::uint32_t ordinal) {
    std::string key;
    append_big_endian(key, number);
    key += static_cast<char>(part);
    append_big_endian(key, ordinal);
    return key;
}

std::uint64_t segment_place(std::uint32_t number, SegmentPart part, std::uint32_t ordinal) {
    return (std::uint64_t{number} << 34) ^ (std::uint64_t{ordinal} << 2) ^
           static_cast<std::uint64_t>(part);
}

void drop_segment(BlockStore& store, std::uint32_t number) {
    const std::string first = segment_key(number, SegmentPart::blocks, 0);
    const std::string limit = segment_key(number + 1, SegmentPart::blocks, 0);
    for (Family family : {Family::terms, Family::term_index, Family::term_filter}) {
        store.drop(family, first, limit);
    }
}

void drop_orphan_segments(BlockStore& store, const std::vector<TermSegmentRoot>& live) {
    std::set<std::uint32_t> numbers;
    for (Family family : {Family::terms, Family::term_index, Family::term_filter}) {
        for (const IngestedFile& file : store.list(family)) {
            if (file.first_key.size() < 4 || file.last_key.size() < 4) continue;
            numbers.insert(read_big_endian_u32(file.first_key.data()));
            numbers.insert(read_big_endian_u32(file.last_key.data()));
        }
    }
    for (const TermSegmentRoot& segment : live) numbers.erase(segment.number);
    for (const std::uint32_t number : numbers) drop_segment(store, number);
}

std::uint32_t greatest_segment_on_disk(const BlockStore& store) {
    std::uint32_t greatest = 0;
    for (Family family : {Family::terms, Family::term_index, Family::term_filter}) {
        for (const IngestedFile& file : store.list(family)) {
            if (file.last_key.size() < 4) continue;
            greatest = std::max(greatest, read_big_endian_u32(file.last_key.data()));
        }
    }
    return greatest;
}

struct TermBlockCache::Shard {
    using Blocks = std::list<std::pair<std::uint64_t, std::shared_ptr<const DecodedTerms>>>;
    std::mutex mutex;
    Blocks blocks;  // the most recently used one first
    boost::unordered_flat_map<std::uint64_t, Blocks::iterator> places;
    std::size_t bytes = 0;
    std::size_t capacity = 0;
};

TermBlockCache::TermBlockCache(std::size_t capacity_bytes)
    : shards_(std::make_unique<Shard[]>(shard_count)) {
    for (std::size_t i = 0; i < shard_count; ++i)
        shards_[i].capacity = capacity_bytes / shard_count;
}

TermBlockCache::~TermBlockCache() = default;

std::shared_ptr<const DecodedTerms> TermBlockCache::find(std::uint64_t key) {
    Shard& shard = shards_[key % shard_count];
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.places.find(key);
    if (found == shard.places.end()) return nullptr;
    shard.blocks.splice(shard.blocks.begin(), shard.blocks, found->second);
    return found->second->second;
}

void TermBlockCache::insert(std::uint64_t key, const std::shared_ptr<const DecodedTerms>& block) {
    Shard& shard = shards_[key % shard_count];
    const std::lock_guard lock(shard.mutex);
    if (shard.places.contains(key) || block->memory() > shard.capacity) return;
    shard.blocks.emplace_front(key, block);
    shard.places.emplace(key, shard.blocks.begin());
    shard.bytes += block->memory();
    while (shard.bytes > shard.capacity && shard.blocks.size() > 1) {
        shard.bytes -= shard.blocks.back().second->memory();
        shard.places.erase(shard.blocks.back().first);
        shard.blocks.pop_back();
    }
}

// Where each block starts: the shortest string that is above the block before and not above its
// first term.
struct TermSegment::Directory {
    std::string bytes;
    std::vector<std::uint64_t> ends;

    std::size_t size() const { return ends.size(); }
    std::string_view operator[](std::size_t block) const {
        const std::uint64_t start = block == 0 ? 0 : ends[block - 1];
        return {bytes.data() + start, ends[block] - start};
    }
};

TermSegment::TermSegment(std::shared_ptr<const BlockStore> store, TermSegmentRoot root,
                         std::shared_ptr<TermBlockCache> cache)
    : store_(std::move(store)),
      root_(root),
      cache_(std::move(cache)),
      filters_(std::make_unique<std::atomic<const TermFilter*>[]>(root.filter_pages)) {}

TermSegment::~TermSegment() {
    delete directory_.load();
    for (std::uint32_t page = 0; page < root_.filter_pages; ++page) delete filters_[page].load();
}

std::string TermSegment::name_of(std::string_view part, std::uint32_t ordinal) const {
    return std::string(part) + " " + std::to_string(ordinal) + " of dictionary segment " +
           std::to_string(root_.number);
}

PinnedValue TermSegment::read(SegmentPart part, std::uint32_t ordinal) const {
    return store_->get(family_of(part, root_.is_index), segment_key(root_.number, part, ordinal));
}

std::shared_ptr<const DecodedTerms> TermSegment::block(std::uint32_t ordinal, bool keep) const {
    const std::uint64_t key = (std::uint64_t{root_.number} << 32) | ordinal;
    if (auto found = cache_->find(key)) return found;
    const PinnedValue stored = read(SegmentPart::blocks, ordinal);
    if (!stored) throw StoreError("damaged store: no " + name_of("block", ordinal));
    auto decoded = std::make_shared<const DecodedTerms>(DecodedTerms::decode(
        stored.bytes(), segment_place(root_.number, SegmentPart::blocks, ordinal),
        name_of("block", ordinal)));
    const std::uint64_t before = std::uint64_t{ordinal} * root_.block_terms;
    if (before >= root_.terms ||
        decoded->size() != std::min<std::uint64_t>(root_.block_terms, root_.terms - before) ||
        decoded->has_ids() != root_.is_index) {
        throw StoreError("damaged store: " + name_of("block", ordinal) +
                         " has another number of terms");
    }
    if (keep) cache_->insert(key, decoded);
    return decoded;
}

const TermSegment::Directory& TermSegment::directory() const {
    if (const Directory* loaded = directory_.load(std::memory_order_acquire)) return *loaded;
    const std::lock_guard lock(mutex_);
    if (const Directory* loaded = directory_.load(std::memory_order_acquire)) return *loaded;
    auto directory = std::make_unique<Directory>();
    directory->ends.reserve(root_.blocks);
    for (std::uint32_t page = 0; page < root_.directory_pages; ++page) {
        const PinnedValue stored = read(SegmentPart::directory, page);
        if (!stored) throw StoreError("damaged store: no " + name_of("directory page", page));
        const DecodedTerms starts = DecodedTerms::decode(
            stored.bytes(), segment_place(root_.number, SegmentPart::directory, page),
            name_of("directory page", page));
        for (std::size_t i = 0; i < starts.size(); ++i) {
            directory->bytes += starts[i];
            directory->ends.push_back(directory->bytes.size());
        }
    }
    if (directory->size() != root_.blocks) {
        throw StoreError("damaged store: " + name_of("the directory", 0) + " is incomplete");
    }
    const Directory* const loaded = directory.release();
    directory_.store(loaded, std::memory_order_release);
    return *loaded;
}

const TermFilter& TermSegment::filter(std::uint32_t page) const {
    if (const TermFilter* loaded = filters_[page].load(std::memory_order_acquire)) return *loaded;
    const std::lock_guard lock(mutex_);
    if (const TermFilter* loaded = filters_[page].load(std::memory_order_acquire)) return *loaded;
    const PinnedValue stored = read(SegmentPart::filter, page);
    if (!stored) throw StoreError("damaged store: no " + name_of("filter page", page));
    const TermFilter* const loaded = new TermFilter(
        TermFilter::parse(stored.bytes(), segment_place(root_.number, SegmentPart::filter, page),
                          name_of("filter page", page)));
    filters_[page].store(loaded, std::memory_order_release);
    return *loaded;
}

std::uint32_t TermSegment::block_for(std::string_view bytes) const {
    const Directory& starts = directory();
    std::size_t low = 1, high = starts.size();  // block 0 starts with the empty string
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (starts[middle] <= bytes) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return static_cast<std::uint32_t>(low - 1);
}

std::optional<TermId> TermSegment::find(std::string_view bytes, std::uint64_t hash) const {
    Position position;
    return find(bytes, hash, position);
}

std::optional<TermId> TermSegment::find(std::string_view bytes, std::uint64_t hash,
                                        Position& position) const {
    if (root_.blocks == 0) return std::nullopt;
    // The term is in the block at hand if it lies between its first and its last.
    const bool here = position.block && (*position.block)[0] <= bytes &&
                      bytes <= (*position.block)[position.block->size() - 1];
    if (!here) {
        const std::uint32_t ordinal = block_for(bytes);
        const auto page = static_cast<std::uint32_t>(ordinal / terms_per_block);
        if (page >= root_.filter_pages || !filter(page).may_contain(hash)) return std::nullopt;
        if (!position.block || position.ordinal != ordinal) {
            position.block = block(ordinal);
            position.ordinal = ordinal;
        }
    }
    const std::size_t index = position.block->lower_bound(bytes);
    if (index == position.block->size() || (*position.block)[index] != bytes) return std::nullopt;
    return id_at(position.ordinal, *position.block, index);
}

std::uint64_t TermSegment::lower_bound(std::string_view bytes) const {
    if (root_.blocks == 0) return 0;
    const std::uint32_t ordinal = block_for(bytes);
    return std::uint64_t{ordinal} * root_.block_terms + block(ordinal)->lower_bound(bytes);
}

void TermSegment::verify(std::vector<std::string>& problems) const {
    try {
        const Directory& starts = directory();
        std::string last;
        bool first = true;
        for (std::uint32_t ordinal = 0; ordinal < root_.blocks; ++ordinal) {
            const auto decoded = block(ordinal, false);
            const TermFilter& page = filter(static_cast<std::uint32_t>(ordinal / terms_per_block));
            for (std::size_t i = 0; i < decoded->size(); ++i) {
                const std::string_view bytes = (*decoded)[i];
                if ((!first && bytes <= last) || bytes < starts[ordinal] ||
                    (ordinal + 1 < root_.blocks && bytes >= starts[ordinal + 1])) {
                    problems.push_back(name_of("block", ordinal) + " is not in order");
                    break;
                }
                if (!page.may_contain(term_hash(bytes, root_.tag))) {
                    problems.push_back("a term of " + name_of("block", ordinal) +
                                       " is not in its filter");
                    break;
                }
                last = bytes;
                first = false;
            }
        }
    } catch (const StoreError& error) {
        problems.emplace_back(error.what());
    }
}

TermSegmentBuilder::TermSegmentBuilder(std::shared_ptr<BlockStore> store,
                                       std::uint32_t first_number)
    : store_(std::move(store)), next_number_(first_number) {}

TermSegmentBuilder::~TermSegmentBuilder() = default;

void TermSegmentBuilder::begin(Tag tag, std::uint64_t base, std::uint32_t block_terms) {
    root_ = TermSegmentRoot{};
    root_.block_terms = block_terms;
    root_.number = next_number_;
    root_.tag = tag;
    root_.base = base;
}

void TermSegmentBuilder::begin_index(Tag tag) {
    begin(tag, 0);
    root_.is_index = true;
}

void TermSegmentBuilder::before_add(std::string_view bytes) {
    if (block_.size() == 0) {
        std::size_t shared = 0;
        while (shared < last_term_.size() && shared < bytes.size() &&
               last_term_[shared] == bytes[shared]) {
            ++shared;
        }
        block_start_ = root_.terms == 0 ? std::string_view() : bytes.substr(0, shared + 1);
    }
    hashes_.push_back(term_hash(bytes, root_.tag));
    ++root_.terms;
}

void TermSegmentBuilder::add(std::string_view bytes, std::string_view note) {
    before_add(bytes);
    block_.add(bytes, note);
    if (block_.size() == root_.block_terms) end_block();
}

void TermSegmentBuilder::add_with_id(std::string_view bytes, TermId id) {
    before_add(bytes);
    block_.add_with_id(bytes, id.bits);
    if (block_.size() == root_.block_terms) end_block();
}

void TermSegmentBuilder::end_block() {
    if (block_.size() == 0) return;
    last_term_ = block_.last();
    stored_.clear();
    block_.finish(segment_place(root_.number, SegmentPart::blocks, root_.blocks), stored_);
    auto& target = root_.is_index ? directory_ : blocks_;
    if (!target) target = store_->begin_ingest(family_of(SegmentPart::blocks, root_.is_index));
    target->add(segment_key(root_.number, SegmentPart::blocks, root_.blocks), stored_);
    root_.bytes += stored_.size();
    ++root_.blocks;
    page_.add(block_start_);
    if (page_.full()) end_page();
}

void TermSegmentBuilder::end_page() {
    if (page_.size() == 0) return;
    std::string page;
    page_.finish(segment_place(root_.number, SegmentPart::directory, root_.directory_pages), page);
    root_.bytes += page.size();
    ++root_.directory_pages;
    // Behind the blocks of a merged index, which share the family.
    pages_.push_back(std::move(page));

    stored_.clear();
    TermFilter(hashes_).append_to(
        stored_, segment_place(root_.number, SegmentPart::filter, root_.filter_pages));
    hashes_.clear();
    if (!filter_) filter_ = store_->begin_ingest(Family::term_filter);
    filter_->add(segment_key(root_.number, SegmentPart::filter, root_.filter_pages), stored_);
    root_.bytes += stored_.size();
    ++root_.filter_pages;
}

std::optional<TermSegmentRoot> TermSegmentBuilder::end() {
    end_block();
    end_page();
    last_term_.clear();
    if (root_.terms == 0) return std::nullopt;
    if (!directory_) directory_ = store_->begin_ingest(Family::term_index);
    for (std::uint32_t page = 0; page < pages_.size(); ++page) {
        directory_->add(segment_key(root_.number, SegmentPart::directory, page), pages_[page]);
    }
    pages_.clear();
    ++next_number_;
    return root_;
}

void TermSegmentBuilder::finish() {
    for (auto* ingest : {&blocks_, &directory_, &filter_}) {
        if (*ingest) (*ingest)->finish();
        ingest->reset();
    }
}

}  // namespace dossier::storage
