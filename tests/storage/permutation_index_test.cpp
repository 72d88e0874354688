#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include <dossier/error.h>

#include "storage/column_block.h"
#include "storage/memory_block_store.h"
#include "storage/permutation_index.h"

using namespace dossier;
using namespace dossier::storage;

namespace {

TermId name(std::uint64_t n) {
    return TermId::of(Tag::name, n);
}

// A store in small: every commit's changes, and what should be there at each number.
class Model {
  public:
    explicit Model(std::uint64_t seed) : random(seed) {}

    QuadIds random_quad(std::uint64_t spread, std::uint64_t graphs) {
        const Tag tags[] = {Tag::iri, Tag::string, Tag::integer};
        return {TermId::of(random() % 5 == 0 ? Tag::blank_node : Tag::iri, random() % spread),
                name(1 + random() % 4), TermId::of(tags[random() % 3], random() % (spread / 2 + 1)),
                random() % 3 == 0 ? name(10 + random() % (graphs + 1)) : default_graph};
    }

    // Effective changes of one more commit.
    std::shared_ptr<const ChangeLayer> commit(std::size_t changes, std::uint64_t spread,
                                              std::uint64_t graphs) {
        ++number;
        std::map<QuadIds, bool> effective;
        for (std::size_t i = 0; i < changes; ++i) {
            QuadIds quad = random_quad(spread, graphs);
            if (random() % 3 == 0 && !state.empty()) {
                auto at = state.lower_bound(quad);
                quad = at == state.end() ? *state.begin() : *at;
            }
            if (!effective.contains(quad)) {
                effective[quad] = !state.contains(quad);
            }
        }
        std::vector<Change> list;
        for (const auto& [quad, insert] : effective) {
            list.push_back({quad, Version::of(number, insert)});
            if (insert) {
                state.insert(quad);
            } else {
                state.erase(quad);
            }
        }
        states[number] = state;
        return std::make_shared<const ChangeLayer>(std::move(list));
    }

    std::mt19937_64 random;
    std::uint64_t number = 0;
    std::set<QuadIds> state;
    std::map<std::uint64_t, std::set<QuadIds>> states{{0, {}}};
};

std::vector<Row> naive(const std::set<QuadIds>& state, const ScanRequest& request) {
    std::vector<Row> rows;
    std::vector<Row> sorted;
    for (const QuadIds& quad : state) {
        sorted.push_back(to_row(quad, request.permutation));
    }
    std::sort(sorted.begin(), sorted.end());
    std::set<std::array<TermId, 3>> seen;
    for (const Row& row : sorted) {
        bool inside =
            std::equal(request.prefix.begin(),
                       request.prefix.begin() + static_cast<std::ptrdiff_t>(request.prefix_length),
                       row.begin());
        if (request.range) {
            const TermId value = row[request.prefix_length];
            inside = inside && value >= request.range->first && value <= request.range->second;
        }
        const QuadIds quad = to_quad(row, request.permutation);
        const auto& graphs = request.graphs.graphs;
        const bool listed = std::find(graphs.begin(), graphs.end(), quad.graph) != graphs.end();
        switch (request.graphs.mode) {
            case GraphSelection::Mode::one:
                inside = inside && quad.graph == request.graphs.graph;
                break;
            case GraphSelection::Mode::merged:
                inside = inside && (graphs.empty() || listed) &&
                         seen.insert({quad.subject, quad.predicate, quad.object}).second;
                break;
            case GraphSelection::Mode::each:
                inside = inside && (graphs.empty() ? quad.graph != default_graph : listed);
                break;
        }
        if (inside) {
            rows.push_back(row);
        }
    }
    return rows;
}

// In merged mode the graph column is not offered.
std::vector<Row> without_graph(std::vector<Row> rows, const ScanRequest& request) {
    if (request.graphs.mode == GraphSelection::Mode::merged) {
        for (Row& row : rows) {
            row[is_graph_first(request.permutation) ? 0 : 3] = {};
        }
    }
    return rows;
}

struct Columns {
    explicit Columns(std::size_t capacity)
        : data(4, std::vector<TermId>(capacity, TermId{~std::uint64_t{0}})) {
        for (std::size_t i = 0; i < 4; ++i) {
            pointers[i] = data[i].data();
        }
    }
    Row row(std::size_t i) const { return {data[0][i], data[1][i], data[2][i], data[3][i]}; }
    std::vector<std::vector<TermId>> data;
    std::array<TermId*, 4> pointers;
};

std::vector<Row> drain(RowCursor& cursor, std::size_t capacity) {
    std::vector<Row> rows;
    Columns columns(capacity);
    while (const std::size_t count = cursor.next(columns.pointers, capacity)) {
        REQUIRE(count <= capacity);
        for (std::size_t i = 0; i < count; ++i) {
            rows.push_back(columns.row(i));
        }
    }
    return rows;
}

ScanRequest random_request(Model& model, Permutation permutation, std::uint64_t spread,
                           std::uint64_t graphs) {
    auto& random = model.random;
    ScanRequest request;
    request.permutation = permutation;
    QuadIds quad = model.random_quad(spread, graphs);
    if (!model.state.empty() && random() % 4 != 0) {
        const auto at = model.state.lower_bound(quad);
        quad = at == model.state.end() ? *model.state.begin() : *at;
    }
    const Row row = to_row(quad, permutation);
    // What is not part of the prefix may hold anything.
    request.prefix = {TermId{random()}, TermId{random()}, TermId{random()}, TermId{random()}};
    request.prefix_length = random() % 5;
    std::copy_n(row.begin(), request.prefix_length, request.prefix.begin());
    if (request.prefix_length < 4 && random() % 3 == 0) {
        const TermId middle = row[request.prefix_length];
        request.range = {TermId{middle.bits - random() % (spread / 4 + 1)},
                         TermId{middle.bits + random() % (spread / 4 + 1)}};
    }
    const auto mode = random() % 5;
    if (mode == 0 || (mode <= 2 && is_graph_first(permutation) && request.prefix_length == 0)) {
        request.graphs.graph = random() % 2 == 0 ? quad.graph : default_graph;
    } else if (mode <= 2) {
        request.graphs.mode = GraphSelection::Mode::merged;
    } else {
        request.graphs.mode = GraphSelection::Mode::each;
    }
    if (request.graphs.mode != GraphSelection::Mode::one && random() % 2 == 0) {
        for (std::uint64_t g = 0; g <= graphs; ++g) {
            if (random() % 2 == 0) {
                request.graphs.graphs.push_back(name(10 + g));
            }
        }
        if (random() % 2 == 0) {
            request.graphs.graphs.insert(request.graphs.graphs.begin(), default_graph);
        }
    }
    return request;
}

void check_scan(const PermutationIndex& index, const ScanRequest& request, std::uint64_t number,
                const std::vector<Row>& wanted, std::mt19937_64& random) {
    const std::size_t capacities[] = {1, 7, 256, 300, 4096};
    const auto rows = drain(*index.scan(request, number), capacities[random() % 5]);
    REQUIRE(without_graph(rows, request) == without_graph(wanted, request));
    REQUIRE(index.count(request, number) == wanted.size());
    CHECK(index.estimate(request, number) < 1000000);
}

void check_seek(const PermutationIndex& index, const ScanRequest& request, std::uint64_t number,
                const std::vector<Row>& wanted, std::mt19937_64& random) {
    if (request.prefix_length == 4) {
        return;
    }
    const auto cursor = index.scan(request, number);
    Columns columns(64);
    std::size_t at = 0;
    for (int step = 0; step < 12; ++step) {
        if (random() % 2 == 0) {
            const std::size_t capacity = 1 + random() % 64;
            const std::size_t count = cursor->next(columns.pointers, capacity);
            REQUIRE(count == std::min(capacity, wanted.size() - at));
            for (std::size_t i = 0; i < count; ++i) {
                REQUIRE(without_graph({columns.row(i)}, request) ==
                        without_graph({wanted[at + i]}, request));
            }
            at += count;
        } else if (!wanted.empty()) {
            Row row = wanted[random() % wanted.size()];
            const std::size_t length = 1 + random() % (4 - request.prefix_length);
            if (request.graphs.mode == GraphSelection::Mode::merged &&
                request.prefix_length + length == 4) {
                continue;  // no graph column to seek by
            }
            row[request.prefix_length + length - 1].bits += random() % 3;
            const std::span<const TermId> key(row.data() + request.prefix_length, length);
            cursor->seek(key);
            while (at < wanted.size() &&
                   std::lexicographical_compare(
                       wanted[at].begin() + static_cast<std::ptrdiff_t>(request.prefix_length),
                       wanted[at].begin() +
                           static_cast<std::ptrdiff_t>(request.prefix_length + length),
                       key.begin(), key.end())) {
                ++at;
            }
        }
    }
}

void check_lookup(const PermutationIndex& index, const ScanRequest& request, std::uint64_t number,
                  const std::vector<Row>& wanted, std::mt19937_64& random) {
    if (request.prefix_length == 4) {
        return;
    }
    const std::size_t column = request.prefix_length;
    std::vector<TermId> keys;
    for (int i = 0; i < 20; ++i) {
        TermId key{random()};
        if (!wanted.empty()) {
            key = wanted[random() % wanted.size()][column];
            key.bits += random() % 3 == 0 ? 1 : 0;
        }
        keys.push_back(key);
        if (random() % 6 == 0) {
            keys.push_back(key);
        }
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::pair<std::size_t, Row>> expected;
    for (std::size_t k = 0; k < keys.size(); ++k) {
        for (const Row& row : wanted) {
            if (row[column] == keys[k]) {
                expected.emplace_back(k, without_graph({row}, request).front());
            }
        }
    }
    const auto cursor = index.scan(request, number);
    const std::size_t capacity = 1 + random() % 50;
    Columns columns(capacity);
    std::vector<std::uint32_t> numbers(capacity);
    std::vector<std::pair<std::size_t, Row>> found;
    // The keys come in two calls.
    const std::size_t half = random() % keys.size();
    for (const auto& [first, limit] :
         {std::pair{std::size_t{0}, half}, std::pair{half, keys.size()}}) {
        const std::span<const TermId> part(keys.data() + first, limit - first);
        std::size_t key = 0;
        while (key < part.size()) {
            const std::size_t count =
                cursor->lookup(part, key, numbers.data(), columns.pointers, capacity);
            REQUIRE(count <= capacity);
            for (std::size_t i = 0; i < count; ++i) {
                found.emplace_back(first + numbers[i],
                                   without_graph({columns.row(i)}, request).front());
            }
        }
    }
    REQUIRE(found == expected);
}

void check_contains(Model& model, const PermutationIndex& index, std::uint64_t number,
                    std::uint64_t spread, std::uint64_t graphs) {
    const auto& state = model.states.at(number);
    std::vector<Row> rows;
    for (int i = 0; i < 100; ++i) {
        QuadIds quad = model.random_quad(spread, graphs);
        if (i % 2 == 0 && !model.state.empty()) {
            const auto at = model.state.lower_bound(quad);
            quad = at == model.state.end() ? quad : *at;
        }
        rows.push_back(to_row(quad, index.permutation()));
    }
    std::sort(rows.begin(), rows.end());
    std::vector<std::uint8_t> found(rows.size());
    index.contains_all(rows, number, found);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool there = state.contains(to_quad(rows[i], index.permutation()));
        REQUIRE((found[i] != 0) == there);
        if (i % 10 == 0) {
            REQUIRE(index.contains(rows[i], number) == there);
        }
    }
}

RowSum sum_of(const std::set<QuadIds>& state) {
    RowSum sum;
    for (const QuadIds& quad : state) {
        sum += row_hash(quad);
    }
    return sum;
}

void check_all(Model& model, const PermutationIndex& index, std::uint64_t from,
               std::uint64_t spread, std::uint64_t graphs, int rounds) {
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t number =
            round % 3 == 0 ? model.number : from + model.random() % (model.number - from + 1);
        const ScanRequest request = random_request(model, index.permutation(), spread, graphs);
        const auto& state = model.states.at(number);
        const auto wanted = naive(state, request);
        check_scan(index, request, number, wanted, model.random);
        check_seek(index, request, number, wanted, model.random);
        check_lookup(index, request, number, wanted, model.random);
    }
    const std::uint64_t number = from + model.random() % (model.number - from + 1);
    check_contains(model, index, number, spread, graphs);
    REQUIRE(index.sum(number) == sum_of(model.states.at(number)));
    REQUIRE(index.verify() == std::vector<std::string>{});
}

std::shared_ptr<BlockCache> cache_of(const std::shared_ptr<BlockStore>& store) {
    return std::make_shared<BlockCache>(store, std::size_t{4} << 20);
}

Generation build(const std::shared_ptr<BlockStore>& store, const std::set<QuadIds>& state,
                 Permutation permutation, std::uint64_t generation) {
    std::vector<Row> rows;
    for (const QuadIds& quad : state) {
        rows.push_back(to_row(quad, permutation));
    }
    std::sort(rows.begin(), rows.end());
    GenerationBuilder builder(store, permutation, generation);
    builder.add(rows);
    return builder.finish();
}

}  // namespace

TEST_CASE("an empty index answers, and changes alone are enough", "[permutation_index]") {
    const auto store = open_memory_block_store();
    Model model(1);
    const auto index = PermutationIndex::create(cache_of(store), Permutation::pso);
    ScanRequest everything;
    everything.permutation = Permutation::pso;
    CHECK(index->count(everything, 0) == 0);
    CHECK(drain(*index->scan(everything, 0), 10).empty());
    for (int i = 0; i < 20; ++i) {
        index->append(model.commit(30, 50, 3));
        check_all(model, *index, 0, 50, 3, 10);
    }
}

TEST_CASE("every order and every graph selection equals a naive scan", "[permutation_index]") {
    for (std::size_t p = 0; p <= static_cast<std::size_t>(Permutation::gosp); ++p) {
        const auto permutation = static_cast<Permutation>(p);
        for (const std::uint64_t graphs : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{20}}) {
            const auto store = open_memory_block_store();
            Model model(100 * p + graphs);
            const std::uint64_t spread = p % 2 == 0 ? 5000 : 300;
            model.commit(8000, spread, graphs);
            auto index = PermutationIndex::create(cache_of(store), permutation)
                             ->replace_base(build(store, model.state, permutation, 1), 1);
            check_all(model, *index, 1, spread, graphs, 20);
            for (int i = 0; i < 4; ++i) {
                index->append(model.commit(150, spread, graphs));
                check_all(model, *index, 1, spread, graphs, 15);
            }
        }
    }
}

TEST_CASE("runs, folds and later commits keep every number's rows", "[permutation_index]") {
    for (const Permutation permutation : {Permutation::spo, Permutation::pos, Permutation::gspo}) {
        const auto store = open_memory_block_store();
        const auto cache = cache_of(store);
        Model model(7 + static_cast<std::uint64_t>(permutation));
        const std::uint64_t spread = 4000;
        std::uint64_t generation = 1;
        std::uint64_t next_page = 1;
        model.commit(20000, spread, 3);
        auto index = PermutationIndex::create(cache, permutation)
                         ->replace_base(build(store, model.state, permutation, generation++), 1);
        std::uint64_t from = 1;
        for (int round = 0; round < 12; ++round) {
            for (int i = 0; i < 3; ++i) {
                index->append(model.commit(round % 4 == 0 ? 2000 : 60, spread, 3));
            }
            const auto before = index;
            if (round % 3 == 1) {
                index = index->make_run(store, generation++, model.number - 1);
            } else if (round % 3 == 2) {
                from = model.number - 1;
                index = index->fold(store, generation++, from, round % 2 == 0 ? 0.0 : 0.02,
                                    round % 4 == 3 ? 2 : 1000);
            }
            // A commit that came while the new index was made.
            before->append(model.commit(40, spread, 3));
            if (before != index) {
                index->take_later(*before);
            }
            check_all(model, *index, from, spread, 3, 12);
            if (round % 2 == 0) {
                // What is saved and opened again sees the same, once the layers are appended.
                const auto batch = store->batch();
                const PermutationRoot root = index->save(*batch, next_page);
                store->write(*batch, true);
                std::string bytes;
                root.encode(bytes);
                std::string_view view = bytes;
                const PermutationRoot read = PermutationRoot::decode(view);
                CHECK(view.empty());
                CHECK(read == root);
                const auto reopened = PermutationIndex::open(cache, read);
                reopened->take_later(*index);
                check_all(model, *reopened, from, spread, 3, 5);
                CHECK(reopened->generations() == index->generations());
            }
        }
    }
}

TEST_CASE("everything removed leaves an empty base that can be filled again",
          "[permutation_index]") {
    const auto store = open_memory_block_store();
    Model model(3);
    model.commit(9000, 2000, 1);
    auto index = PermutationIndex::create(cache_of(store), Permutation::pos)
                     ->replace_base(build(store, model.state, Permutation::pos, 1), 1);
    std::vector<Change> changes;
    ++model.number;
    for (const QuadIds& quad : model.state) {
        changes.push_back({quad, Version::of(model.number, false)});
    }
    model.state.clear();
    model.states[model.number] = {};
    index->append(std::make_shared<const ChangeLayer>(std::move(changes)));
    check_all(model, *index, 1, 2000, 1, 10);
    index = index->fold(store, 2, model.number, 0, 1000);
    CHECK(index->base()->empty());
    check_all(model, *index, model.number, 2000, 1, 5);
    const std::uint64_t from = model.number;
    index->append(model.commit(9000, 2000, 1));
    check_all(model, *index, from, 2000, 1, 10);
    index = index->fold(store, 3, model.number, 0, 1000);
    CHECK(index->base()->rows() == model.state.size());
    check_all(model, *index, model.number, 2000, 1, 10);
}

TEST_CASE("a transaction's own changes lie above the state it began with", "[permutation_index]") {
    const auto store = open_memory_block_store();
    Model model(11);
    model.commit(9000, 1500, 2);
    const auto index = PermutationIndex::create(cache_of(store), Permutation::osp)
                           ->replace_base(build(store, model.state, Permutation::osp, 1), 1);
    index->append(model.commit(300, 1500, 2));
    const std::uint64_t number = model.number;
    const auto own = model.commit(200, 1500, 2);
    const auto view = index->with_own(number, own);
    Model later = model;
    later.number = number;
    later.state = model.states.at(number);
    // Another commit with the number the transaction's changes bear, after it was rolled back.
    index->append(later.commit(300, 1500, 2));
    check_all(model, *view, 1, 1500, 2, 30);
    check_all(later, *index, 1, 1500, 2, 30);
}

TEST_CASE("many rows of one triple cross block borders and count once", "[permutation_index]") {
    const auto store = open_memory_block_store();
    std::vector<Row> rows;
    for (std::uint64_t s = 1; s <= 3; ++s) {
        for (std::uint64_t g = 0; g < 9000; ++g) {
            rows.push_back({name(s), name(1), name(5), name(g)});
        }
    }
    GenerationBuilder builder(store, Permutation::spo, 1);
    builder.add(rows);
    const auto index = PermutationIndex::create(cache_of(store), Permutation::spo)
                           ->replace_base(builder.finish(), 1);
    ScanRequest request;
    request.graphs.mode = GraphSelection::Mode::merged;
    CHECK(index->count(request, 1) == 3);
    CHECK(drain(*index->scan(request, 1), 100).size() == 3);
    request.graphs.graphs = {name(8999)};
    CHECK(index->count(request, 1) == 3);
    request.graphs.mode = GraphSelection::Mode::each;
    request.graphs.graphs.clear();
    CHECK(index->count(request, 1) == 3 * 8999);
    CHECK(index->verify().empty());
    CHECK(index->base()->size() > 4);
}

TEST_CASE("the directory counts the default graph among others", "[permutation_index]") {
    const auto store = open_memory_block_store();
    // Each predicate stands in many graphs; the first one in the default graph too.
    std::vector<Row> rows;
    for (std::uint64_t p = 1; p <= 2; ++p) {
        for (std::uint64_t s = 0; s < 30000; ++s) {
            const TermId subject = TermId::of(Tag::iri, s);
            if (p == 1 && s % 7 != 0) {
                rows.push_back({name(p), subject, name(5), default_graph});
            }
            rows.push_back({name(p), subject, name(5), name(10 + s % 50)});
        }
    }
    GenerationBuilder builder(store, Permutation::pso, 1);
    builder.add(rows);
    Generation blocks = builder.finish();
    // Blocks of older versions are not counted.
    Generation older = blocks;
    for (DirectoryEntry& entry : older.entries) {
        entry.default_rows.reset();
    }
    const auto saved = std::make_shared<Directory>(blocks.entries);
    const auto batch = store->batch();
    std::uint64_t page = 1;
    const auto pages = saved->save(*batch, Permutation::pso, page);
    store->write(*batch, false);
    CHECK(Directory::load(*store, Permutation::pso, pages)->knows_default_rows());
    const auto older_batch = store->batch();
    const auto older_pages = Directory(older.entries).save(*older_batch, Permutation::pso, page);
    store->write(*older_batch, false);
    CHECK_FALSE(Directory::load(*store, Permutation::pso, older_pages)->knows_default_rows());
    const auto cache = cache_of(store);
    const auto counted = PermutationIndex::create(cache, Permutation::pso)->replace_base(blocks, 1);
    const auto uncounted =
        PermutationIndex::create(cache_of(store), Permutation::pso)->replace_base(older, 1);
    const auto request_of = [](std::uint64_t predicate, GraphSelection::Mode mode) {
        ScanRequest request;
        request.permutation = Permutation::pso;
        request.prefix[0] = name(predicate);
        request.prefix_length = predicate == 0 ? 0 : 1;
        request.graphs.mode = mode;
        return request;
    };
    for (std::uint64_t predicate = 0; predicate <= 3; ++predicate) {
        for (const auto mode : {GraphSelection::Mode::one, GraphSelection::Mode::each}) {
            const ScanRequest request = request_of(predicate, mode);
            const auto wanted = std::count_if(rows.begin(), rows.end(), [&](const Row& row) {
                return (predicate == 0 || row[0] == name(predicate)) &&
                       (row[3] == default_graph) == (mode == GraphSelection::Mode::one);
            });
            INFO("predicate " << predicate << " mode " << static_cast<int>(mode));
            CHECK(counted->count(request, 1) == static_cast<std::uint64_t>(wanted));
            CHECK(uncounted->count(request, 1) == static_cast<std::uint64_t>(wanted));
            CHECK(drain(*counted->scan(request, 1), 1000).size() ==
                  static_cast<std::size_t>(wanted));
        }
    }
    // Only blocks at the borders are read, and none where the directory says that there is nothing.
    const auto fresh = cache_of(store);
    const auto index = PermutationIndex::create(fresh, Permutation::pso)->replace_base(blocks, 1);
    std::size_t largest = 0;
    for (const DirectoryEntry& entry : blocks.entries) {
        largest = std::max<std::size_t>(largest, entry.bytes);
    }
    CHECK(index->count(request_of(2, GraphSelection::Mode::one), 1) == 0);
    CHECK(index->estimate(request_of(2, GraphSelection::Mode::one), 1) < blocks::target_rows);
    CHECK(drain(*index->scan(request_of(2, GraphSelection::Mode::one), 1), 1000).empty());
    CHECK(fresh->bytes() <= 2 * largest + 1000);
    CHECK(index->verify().empty());
    Generation wrong = blocks;
    *wrong.entries[1].default_rows += 1;
    CHECK(PermutationIndex::create(cache_of(store), Permutation::pso)
              ->replace_base(wrong, 1)
              ->verify()
              .size() == 1);
}

TEST_CASE("a missing or swapped block is an error, not a wrong answer", "[permutation_index]") {
    const auto store = open_memory_block_store();
    Model model(5);
    model.commit(30000, 20000, 0);
    const auto blocks = build(store, model.state, Permutation::spo, 1);
    auto swapped = blocks;
    REQUIRE(swapped.entries.size() >= 3);
    std::swap(swapped.entries[0].checksum, swapped.entries[1].checksum);
    const auto index =
        PermutationIndex::create(cache_of(store), Permutation::spo)->replace_base(swapped, 1);
    CHECK_THROWS_AS(drain(*index->scan({}, 1), 1000), StoreError);
    CHECK(index->verify().size() >= 2);
    const auto whole =
        PermutationIndex::create(cache_of(store), Permutation::spo)->replace_base(blocks, 1);
    CHECK_NOTHROW(drain(*whole->scan({}, 1), 1000));
    drop_generation(*store, Permutation::spo, 1);
    const auto gone =
        PermutationIndex::create(cache_of(store), Permutation::spo)->replace_base(blocks, 1);
    CHECK_THROWS_AS(drain(*gone->scan({}, 1), 1000), StoreError);
}

TEST_CASE("rows that do not ascend are refused", "[permutation_index]") {
    const auto store = open_memory_block_store();
    GenerationBuilder builder(store, Permutation::spo, 1);
    const Row rows[] = {{name(2), name(1), name(1), name(0)}, {name(1), name(1), name(1), name(0)}};
    CHECK_THROWS_AS(builder.add(rows), UsageError);
}

TEST_CASE("readers of old and new numbers run beside commits", "[permutation_index]") {
    const auto store = open_memory_block_store();
    Model model(21);
    model.commit(9000, 3000, 0);
    const auto cache = std::make_shared<BlockCache>(store, std::size_t{64} << 10);
    const auto index = PermutationIndex::create(cache, Permutation::pso)
                           ->replace_base(build(store, model.state, Permutation::pso, 1), 1);
    std::vector<std::shared_ptr<const ChangeLayer>> layers;
    std::vector<std::size_t> sizes{0, model.state.size()};
    for (int i = 0; i < 30; ++i) {
        layers.push_back(model.commit(100, 3000, 0));
        sizes.push_back(model.state.size());
    }
    std::atomic<std::uint64_t> newest{1};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> readers;
        for (int reader = 0; reader < 3; ++reader) {
            readers.emplace_back([&, reader] {
                std::uint64_t last = 0;
                for (std::uint64_t round = 0; last < sizes.size() - 1; ++round) {
                    last = newest;
                    const std::uint64_t number =
                        reader == 0 ? last
                                    : 1 + (round + static_cast<std::uint64_t>(reader)) % last;
                    ScanRequest request;
                    request.permutation = Permutation::pso;
                    request.graphs.mode = GraphSelection::Mode::merged;
                    request.graphs.graphs = {default_graph};
                    ScanRequest named = request;
                    named.graphs = {GraphSelection::Mode::each, {}, {}};
                    const auto cursor = index->scan(request, number);
                    const auto others = index->scan(named, number);
                    Columns columns(500);
                    std::size_t rows = 0;
                    while (const std::size_t count = cursor->next(columns.pointers, 500)) {
                        rows += count;
                    }
                    while (const std::size_t count = others->next(columns.pointers, 500)) {
                        rows += count;
                    }
                    wrong += static_cast<int>(rows != sizes[number]);
                    wrong += static_cast<int>(index->count(request, number) +
                                                  index->count(named, number) !=
                                              sizes[number]);
                }
            });
        }
        for (const auto& layer : layers) {
            index->append(layer);
            newest = layer->last_commit();
            std::this_thread::yield();
        }
    }
    CHECK(wrong == 0);
}
