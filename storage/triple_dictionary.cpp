#include "storage/triple_dictionary.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <numeric>
#include <set>
#include <shared_mutex>

#include <dossier/error.h>
#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/block_cache.h"
#include "storage/block_store.h"
#include "storage/changes.h"
#include "storage/front_coding.h"
#include "storage/generation_builder.h"
#include "storage/permutation_index.h"
#include "storage/term_bytes.h"
#include "storage/triple_hash.h"

namespace dossier::storage {

namespace {

constexpr std::array<Permutation, 3> corners{Permutation::triple_spo, Permutation::triple_pos,
                                             Permutation::triple_osp};
constexpr std::size_t corner_of(Permutation permutation) {
    return static_cast<std::size_t>(permutation) -
           static_cast<std::size_t>(Permutation::triple_spo);
}

// Blocks id -> (s, p, o): this many rows, column after column, each the difference to the row
// before.
constexpr std::size_t rows_per_block = 1'024;
// Decoded ones that are kept, 24 KB each: a million triple terms.
constexpr std::size_t most_decoded = 1'024;

// A run of ids whose components are in blocks.
struct IdBlocks {
    std::uint64_t base = 0;  // payload of the first
    std::uint64_t count = 0;
    std::uint64_t first_block = 0;  // the number of its first block; never reused
    std::uint64_t blocks() const { return (count + rows_per_block - 1) / rows_per_block; }
    friend bool operator==(const IdBlocks&, const IdBlocks&) = default;
};

struct TripleRoot {
    std::uint64_t next_block = 0;
    std::uint64_t next_generation = 1;
    std::uint64_t next_page = 0;
    // Entries with payloads from here on are not in the permutations' blocks.
    std::uint64_t tail_from = 0;
    std::vector<IdBlocks> ids;  // ascending
    std::array<PermutationRoot, 3> permutations;
};

TripleRoot parse_root(std::string_view bytes) {
    TripleRoot root;
    for (std::size_t c = 0; c < 3; ++c) root.permutations[c].permutation = corners[c];
    if (bytes.empty()) return root;
    const auto next = [&] {
        std::uint64_t value = 0;
        if (!read_varint(bytes, value)) {
            throw StoreError("damaged store: the root of the triple terms ends early");
        }
        return value;
    };
    root.next_block = next();
    root.next_generation = next();
    root.next_page = next();
    root.tail_from = next();
    const std::uint64_t runs = next();
    for (std::uint64_t i = 0; i < runs; ++i) {
        IdBlocks run;
        run.base = next();
        run.count = next();
        run.first_block = next();
        root.ids.push_back(run);
    }
    for (auto& permutation : root.permutations) permutation = PermutationRoot::decode(bytes);
    return root;
}

std::string serialise_root(const TripleRoot& root) {
    std::string out;
    append_varint(out, root.next_block);
    append_varint(out, root.next_generation);
    append_varint(out, root.next_page);
    append_varint(out, root.tail_from);
    append_varint(out, root.ids.size());
    for (const IdBlocks& run : root.ids) {
        append_varint(out, run.base);
        append_varint(out, run.count);
        append_varint(out, run.first_block);
    }
    for (const PermutationRoot& permutation : root.permutations) permutation.encode(out);
    return out;
}

std::string id_block_key(std::uint64_t number) {
    std::string key = "b";
    append_big_endian(key, number);
    return key;
}

// Told apart from the places of term segments, which are below 2^63.
std::uint64_t id_block_place(std::uint64_t number) {
    return number | (std::uint64_t{1} << 63);
}

std::uint64_t zigzag(std::uint64_t difference) {
    return (difference << 1) ^ (0 - (difference >> 63));
}
std::uint64_t unzigzag(std::uint64_t value) {
    return (value >> 1) ^ (0 - (value & 1));
}

std::string encode_id_block(std::span<const std::pair<TripleIds, TermId>> rows,
                            std::uint64_t number) {
    std::string plain;
    for (TermId TripleIds::*column :
         {&TripleIds::subject, &TripleIds::predicate, &TripleIds::object}) {
        std::uint64_t before = 0;
        for (const auto& row : rows) {
            const std::uint64_t bits = (row.first.*column).bits;
            append_varint(plain, zigzag(bits - before));
            before = bits;
        }
    }
    std::string stored;
    append_sealed(stored, id_block_place(number), plain);
    return stored;
}

std::vector<TripleIds> decode_id_block(std::string_view stored, std::uint64_t number,
                                       std::size_t rows) {
    const std::string what = "block " + std::to_string(number) + " of the triple terms";
    const std::string plain = open_sealed(stored, id_block_place(number), what);
    std::string_view in = plain;
    std::vector<TripleIds> triples(rows);
    for (TermId TripleIds::*column :
         {&TripleIds::subject, &TripleIds::predicate, &TripleIds::object}) {
        std::uint64_t before = 0;
        for (TripleIds& triple : triples) {
            std::uint64_t value = 0;
            if (!read_varint(in, value)) throw StoreError("damaged store: " + what + " ends early");
            before += unzigzag(value);
            (triple.*column).bits = before;
        }
    }
    return triples;
}

[[noreturn]] void throw_unknown(TermId id) {
    throw StoreError("damaged store: no triple term has the id " + std::to_string(id.bits));
}

}  // namespace

std::string triple_key(TermId id) {
    std::string key = "i";
    append_big_endian(key, id.payload());
    return key;
}

std::string triple_value(const TripleIds& triple) {
    std::string value;
    append_u64(value, triple.subject.bits);
    append_u64(value, triple.predicate.bits);
    append_u64(value, triple.object.bits);
    return value;
}

struct TripleDictionary::Impl {
    std::shared_ptr<BlockStore> store;
    std::shared_ptr<BlockCache> cache;

    mutable std::shared_mutex mutex;  // of what follows
    TripleRoot root;
    std::array<std::shared_ptr<PermutationIndex>, 3> indexes;
    std::uint64_t number = 0;  // of the newest layer
    // Rows that are in layers and not in blocks, both ways.
    boost::unordered_flat_map<TripleIds, TermId, TripleHash> unfolded;
    boost::unordered_flat_map<TermId, TripleIds, std::hash<TermId>> unfolded_ids;
    std::uint64_t read_through = 0;  // entries below it are known
    // What newer roots replaced.
    struct Retired {
        std::weak_ptr<const void> readers;
        Permutation corner;
        std::vector<std::uint64_t> generations;
    };
    std::vector<Retired> retired;
    // Decoded blocks of ids, each in the one place its number has.
    struct Decoded {
        std::uint64_t number = 0;
        std::shared_ptr<const std::vector<TripleIds>> rows;  // null: none yet
    };
    mutable std::mutex decoded_mutex;
    mutable std::vector<Decoded> decoded;

    void open(std::string_view bytes) {
        root = parse_root(bytes);
        for (std::size_t c = 0; c < 3; ++c) {
            indexes[c] = root.permutations[c].base.empty()
                             ? PermutationIndex::create(cache, corners[c])
                             : PermutationIndex::open(cache, root.permutations[c]);
        }
        number = root.next_generation;  // above what the blocks' rows bear
        unfolded.clear();
        unfolded_ids.clear();
        read_through = root.tail_from;
    }

    // With the lock held.
    void add_layer(std::span<const std::pair<TripleIds, TermId>> rows) {
        std::vector<Change> changes;
        ++number;
        for (const auto& [triple, id] : rows) {
            if (!unfolded_ids.emplace(id, triple).second) continue;
            unfolded.emplace(triple, id);
            changes.push_back(
                {{triple.subject, triple.predicate, triple.object, id}, Version::of(number, true)});
            read_through = std::max(read_through, id.payload() + 1);
        }
        if (changes.empty()) return;
        std::sort(changes.begin(), changes.end());
        const auto layer = std::make_shared<const ChangeLayer>(std::move(changes));
        for (const auto& index : indexes) index->append(layer);
    }

    std::shared_ptr<const std::vector<TripleIds>> decoded_block(std::uint64_t block,
                                                                std::size_t rows) const {
        {
            const std::lock_guard lock(decoded_mutex);
            if (!decoded.empty()) {
                const Decoded& place = decoded[block % decoded.size()];
                if (place.rows != nullptr && place.number == block) return place.rows;
            }
        }
        const PinnedValue stored = store->get(Family::triples, id_block_key(block));
        if (!stored) {
            throw StoreError("damaged store: block " + std::to_string(block) +
                             " of the triple terms is missing");
        }
        auto read = std::make_shared<const std::vector<TripleIds>>(
            decode_id_block(stored.bytes(), block, rows));
        const std::lock_guard lock(decoded_mutex);
        if (decoded.empty()) decoded.resize(most_decoded);
        decoded[block % decoded.size()] = {block, read};
        return read;
    }

    // Where the components of an id stand in blocks.
    struct IdPlace {
        std::uint64_t block = 0;
        std::size_t rows = 0;  // of the block
        std::size_t offset = 0;
    };
    // With the lock held.
    std::optional<IdPlace> place_of(TermId id) const {
        const std::uint64_t payload = id.payload();
        const auto after = std::upper_bound(
            root.ids.begin(), root.ids.end(), payload,
            [](std::uint64_t wanted, const IdBlocks& run) { return wanted < run.base; });
        if (after == root.ids.begin()) return std::nullopt;
        const IdBlocks& run = *std::prev(after);
        const std::uint64_t position = payload - run.base;
        if (position >= run.count) return std::nullopt;
        const std::uint64_t first = position / rows_per_block * rows_per_block;
        return IdPlace{run.first_block + position / rows_per_block,
                       std::min<std::uint64_t>(rows_per_block, run.count - first),
                       position - first};
    }

    std::vector<std::pair<TripleIds, TermId>> entries_from(std::uint64_t payload) const {
        std::vector<std::pair<TripleIds, TermId>> rows;
        const auto cursor =
            store->scan(Family::triples, triple_key(TermId::of(Tag::triple, payload)), "j");
        while (cursor->next()) {
            if (cursor->key().size() != 9 || cursor->value().size() < 24) {
                throw StoreError("damaged store: an entry of the triple terms");
            }
            const char* const at = cursor->value().data();
            rows.push_back(
                {{{read_u64(at)}, {read_u64(at + 8)}, {read_u64(at + 16)}},
                 TermId::of(Tag::triple, read_big_endian_u64(cursor->key().data() + 1))});
        }
        return rows;
    }

    std::pair<std::shared_ptr<PermutationIndex>, std::uint64_t> index(
        Permutation permutation) const {
        if (!is_triple_permutation(permutation)) {
            throw UsageError("triple terms are scanned in their own permutations");
        }
        const std::shared_lock lock(mutex);
        return {indexes[corner_of(permutation)], number};
    }
};

TripleDictionary::TripleDictionary(std::shared_ptr<BlockStore> store,
                                   std::shared_ptr<BlockCache> cache, std::string_view root)
    : impl_(std::make_unique<Impl>()) {
    impl_->store = std::move(store);
    impl_->cache = std::move(cache);
    impl_->open(root);
    catch_up();
}

TripleDictionary::~TripleDictionary() = default;

std::optional<TermId> TripleDictionary::find(const TripleIds& triple) const {
    {
        const std::shared_lock lock(impl_->mutex);
        if (const auto found = impl_->unfolded.find(triple); found != impl_->unfolded.end()) {
            return found->second;
        }
        if (impl_->root.permutations[0].base.empty()) return std::nullopt;
    }
    ScanRequest request;
    request.permutation = Permutation::triple_spo;
    request.prefix = {triple.subject, triple.predicate, triple.object, unbound};
    request.prefix_length = 3;
    TermId id;
    TermId* const columns[] = {nullptr, nullptr, nullptr, &id};
    if (scan(request)->next(columns, 1) == 0) return std::nullopt;
    return id;
}

void TripleDictionary::find_all(std::span<const TripleIds> triples, std::span<TermId> ids) const {
    std::vector<std::size_t> order;
    {
        const std::shared_lock lock(impl_->mutex);
        const bool blocks = !impl_->root.permutations[0].base.empty();
        for (std::size_t i = 0; i < triples.size(); ++i) {
            const auto found = impl_->unfolded.find(triples[i]);
            ids[i] = found == impl_->unfolded.end() ? unbound : found->second;
            if (ids[i] == unbound && blocks) order.push_back(i);
        }
    }
    if (order.empty()) return;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return triples[a] < triples[b]; });
    // One cursor that moves forward; the row it gave last may answer several.
    ScanRequest request;
    request.permutation = Permutation::triple_spo;
    const auto cursor = scan(request);
    TripleIds row;
    TermId id;
    TermId* const columns[] = {&row.subject, &row.predicate, &row.object, &id};
    bool has_row = false;
    for (const std::size_t i : order) {
        if (!has_row || row < triples[i]) {
            const TermId key[] = {triples[i].subject, triples[i].predicate, triples[i].object};
            cursor->seek(key);
            if (cursor->next(columns, 1) == 0) break;
            has_row = true;
        }
        if (row == triples[i]) ids[i] = id;
    }
}

TripleIds TripleDictionary::triple(TermId id) const {
    TripleIds triple;
    triples({&id, 1}, {&triple, 1});
    return triple;
}

void TripleDictionary::triples(std::span<const TermId> ids, std::span<TripleIds> out) const {
    // In the order of ids each block is asked for once.
    std::vector<std::uint32_t> order;
    if (!std::is_sorted(ids.begin(), ids.end())) {
        order.resize(ids.size());
        std::iota(order.begin(), order.end(), 0u);
        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return ids[a] < ids[b]; });
    }
    std::shared_ptr<const std::vector<TripleIds>> block;
    std::uint64_t number = 0;
    for (std::size_t at = 0; at < ids.size(); ++at) {
        const std::size_t i = order.empty() ? at : order[at];
        const TermId id = ids[i];
        if (id.tag() != Tag::triple) throw_unknown(id);
        std::optional<Impl::IdPlace> place;
        {
            const std::shared_lock lock(impl_->mutex);
            if (const auto found = impl_->unfolded_ids.find(id);
                found != impl_->unfolded_ids.end()) {
                out[i] = found->second;
                continue;
            }
            place = impl_->place_of(id);
        }
        if (place) {
            if (block == nullptr || number != place->block) {
                block = impl_->decoded_block(place->block, place->rows);
                number = place->block;
            }
            out[i] = (*block)[place->offset];
            continue;
        }
        const PinnedValue entry = impl_->store->get(Family::triples, triple_key(id));
        if (!entry || entry.bytes().size() < 24) throw_unknown(id);
        const char* const stored = entry.bytes().data();
        out[i] = {{read_u64(stored)}, {read_u64(stored + 8)}, {read_u64(stored + 16)}};
    }
}

std::unique_ptr<RowCursor> TripleDictionary::scan(const ScanRequest& request) const {
    const auto [index, number] = impl_->index(request.permutation);
    return index->scan(request, number);
}

std::uint64_t TripleDictionary::count(const ScanRequest& request) const {
    const auto [index, number] = impl_->index(request.permutation);
    return index->count(request, number);
}

std::uint64_t TripleDictionary::estimate(const ScanRequest& request) const {
    const auto [index, number] = impl_->index(request.permutation);
    return index->estimate(request, number);
}

std::uint64_t TripleDictionary::size() const {
    ScanRequest request;
    request.permutation = Permutation::triple_spo;
    return count(request);
}

std::uint64_t TripleDictionary::unfolded() const {
    const std::shared_lock lock(impl_->mutex);
    return impl_->unfolded.size();
}

std::string TripleDictionary::serialise() const {
    const std::shared_lock lock(impl_->mutex);
    return serialise_root(impl_->root);
}

void TripleDictionary::added(std::span<const std::pair<TripleIds, TermId>> rows) {
    const std::unique_lock lock(impl_->mutex);
    impl_->add_layer(rows);
}

void TripleDictionary::catch_up() {
    const std::unique_lock lock(impl_->mutex);
    impl_->add_layer(impl_->entries_from(impl_->read_through));
}

std::string TripleDictionary::fold(std::span<const std::pair<TripleIds, TermId>> rows) {
    TripleRoot root;
    std::array<std::shared_ptr<PermutationIndex>, 3> indexes;
    std::uint64_t number = 0;
    std::uint64_t known = 0;
    {
        const std::shared_lock lock(impl_->mutex);
        root = impl_->root;
        indexes = impl_->indexes;
        number = impl_->number;
        known = impl_->read_through;
    }
    const auto batch = impl_->store->batch();
    if (!rows.empty()) {
        IdBlocks run;
        run.base = rows.front().second.payload();
        run.count = rows.size();
        run.first_block = root.next_block;
        for (std::size_t start = 0; start < rows.size(); start += rows_per_block) {
            const std::size_t count = std::min(rows_per_block, rows.size() - start);
            batch->put(Family::triples, id_block_key(root.next_block),
                       encode_id_block(rows.subspan(start, count), root.next_block));
            ++root.next_block;
        }
        root.ids.push_back(run);
        known = run.base + run.count;
    }
    // A generation left by a fold that was cut off keeps its number.
    for (Permutation corner : corners) {
        const auto left = list_generations(*impl_->store, corner);
        if (!left.empty()) root.next_generation = std::max(root.next_generation, left.back() + 1);
    }
    const std::uint64_t generation = root.next_generation++;
    const std::uint64_t through = generation;
    for (std::size_t c = 0; c < 3; ++c) {
        const auto& roles = permutation_roles[static_cast<std::size_t>(corners[c])];
        std::vector<Row> sorted;
        sorted.reserve(rows.size());
        for (const auto& [triple, id] : rows) {
            const TermId ids[4] = {triple.subject, triple.predicate, triple.object, id};
            sorted.push_back({ids[roles[0]], ids[roles[1]], ids[roles[2]], ids[roles[3]]});
        }
        std::sort(sorted.begin(), sorted.end());
        GenerationBuilder builder(impl_->store, corners[c], generation);
        ScanRequest request;
        request.permutation = corners[c];
        const auto before = indexes[c]->scan(request, number);
        // Two sorted sources without a row in common.
        constexpr std::size_t capacity = 4'096;
        std::array<std::vector<TermId>, 4> columns;
        for (auto& column : columns) column.resize(capacity);
        TermId* const pointers[] = {columns[0].data(), columns[1].data(), columns[2].data(),
                                    columns[3].data()};
        std::vector<Row> merged;
        auto fresh = sorted.begin();
        while (const std::size_t count = before->next(pointers, capacity)) {
            merged.clear();
            for (std::size_t i = 0; i < count; ++i) {
                const Row row{columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
                while (fresh != sorted.end() && *fresh < row) merged.push_back(*fresh++);
                merged.push_back(row);
            }
            builder.add(merged);
        }
        merged.assign(fresh, sorted.end());
        builder.add(merged);
        Generation blocks = builder.finish();
        const auto index = PermutationIndex::create(impl_->cache, corners[c])
                               ->replace_base(std::move(blocks), through);
        root.permutations[c] = index->save(*batch, root.next_page);
    }
    root.tail_from = known;
    impl_->store->write(*batch, true);
    return serialise_root(root);
}

void TripleDictionary::publish(std::string_view bytes) {
    {
        // In one step: readers never miss what is no longer in layers and not yet in the new
        // blocks.
        const std::unique_lock lock(impl_->mutex);
        const bool replaces = bytes != serialise_root(impl_->root);
        if (replaces) {
            for (std::size_t c = 0; c < 3; ++c) {
                const PermutationIndex& old = *impl_->indexes[c];
                impl_->retired.push_back({old.readers(), corners[c], old.generations()});
            }
            impl_->open(bytes);
        }
        impl_->add_layer(impl_->entries_from(impl_->read_through));
        if (!replaces) return;
    }
    try {
        drop_unused();
    } catch (const StoreError&) {
        // The root is published; what is left over goes another time.
    }
}

void TripleDictionary::drop_unused() {
    std::array<std::vector<std::uint64_t>, 3> needed;
    std::array<std::vector<PageReference>, 3> pages;
    {
        const std::unique_lock lock(impl_->mutex);
        std::erase_if(impl_->retired,
                      [](const Impl::Retired& retired) { return retired.readers.expired(); });
        for (std::size_t c = 0; c < 3; ++c) {
            needed[c] = impl_->indexes[c]->generations();
            pages[c] = impl_->root.permutations[c].base;
        }
        for (const Impl::Retired& retired : impl_->retired) {
            auto& generations = needed[corner_of(retired.corner)];
            generations.insert(generations.end(), retired.generations.begin(),
                               retired.generations.end());
        }
    }
    const auto batch = impl_->store->batch();
    bool removes = false;
    for (std::size_t c = 0; c < 3; ++c) {
        for (const std::uint64_t generation : list_generations(*impl_->store, corners[c])) {
            if (std::find(needed[c].begin(), needed[c].end(), generation) == needed[c].end()) {
                drop_generation(*impl_->store, corners[c], generation);
            }
        }
        // Indexes in memory have read their pages already.
        std::set<std::string> kept;
        for (const PageReference& page : pages[c]) {
            kept.insert(directory_page_key(corners[c], page.number));
        }
        const auto after = static_cast<Permutation>(static_cast<std::size_t>(corners[c]) + 1);
        const auto cursor = impl_->store->scan(Family::directory, directory_page_key(corners[c], 0),
                                               directory_page_key(after, 0));
        while (cursor->next()) {
            if (!kept.contains(std::string(cursor->key()))) {
                batch->remove(Family::directory, cursor->key());
                removes = true;
            }
        }
    }
    if (removes) impl_->store->write(*batch, false);
}

void TripleDictionary::verify(std::vector<std::string>& problems) const {
    RowSum sums[3];
    for (std::size_t c = 0; c < 3; ++c) {
        const auto [index, number] = impl_->index(corners[c]);
        for (std::string& problem : index->verify()) problems.push_back(std::move(problem));
        sums[c] = index->sum(number);
    }
    if (!(sums[0] == sums[1] && sums[0] == sums[2])) {
        problems.emplace_back("the three orders of the triple terms hold different rows");
    }
    try {
        ScanRequest request;
        request.permutation = Permutation::triple_spo;
        const auto cursor = scan(request);
        std::array<std::array<TermId, 1'024>, 4> rows;
        TermId* const columns[] = {rows[0].data(), rows[1].data(), rows[2].data(), rows[3].data()};
        while (const std::size_t count = cursor->next(columns, 1'024)) {
            for (std::size_t i = 0; i < count; ++i) {
                if (triple(rows[3][i]) != TripleIds{rows[0][i], rows[1][i], rows[2][i]}) {
                    problems.push_back("the triple term of id " + std::to_string(rows[3][i].bits) +
                                       " differs between its two directions");
                }
            }
        }
    } catch (const StoreError& error) {
        problems.emplace_back(error.what());
    }
}

}  // namespace dossier::storage
