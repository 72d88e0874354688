#include <catch2/catch.hpp>

#include <string>

#include "storage/block_store.h"
#include "storage/generation_builder.h"
#include "storage/recovery.h"
#include "storage/store.h"
#include "storage/triple_dictionary.h"
#include "store_model.h"

using namespace dossier;
using namespace dossier::storage;
namespace fs = std::filesystem;

namespace {

// `number` statements with subjects, and where asked for triple terms, that are new.
LoadCounts load_new(Store& store, const std::string& name, int number, bool triple_terms) {
    LoadOptions options;
    options.memory_bytes = std::size_t{16} << 20;
    options.threads = 1;
    const auto load = store.bulk_load(options);
    const auto worker = load->worker();
    const Term predicate = Term::iri("http://example.org/p");
    const Term known = Term::iri("http://example.org/known");
    for (int i = 0; i < number; ++i) {
        const Term object = Term::integer(i);
        const Term subject =
            Term::iri(triple_terms ? "http://example.org/" + name
                                   : "http://example.org/" + name + "/" + std::to_string(i));
        const Term said = Term::triple(known, predicate, object);
        worker->add({subject.view(), predicate.view(), triple_terms ? said.view() : object.view(),
                     Term::iri("").view()},
                    0);
    }
    worker->flush();
    return load->finish();
}

// What a crash of the process leaves at this moment holds everything, its terms too.
void require_survives(const std::string& path, const std::string& copy, std::uint64_t statements) {
    fs::copy(path, copy, fs::copy_options::recursive);
    const auto store = Store::open(copy, {});
    CHECK(store->info().statements == statements);
    REQUIRE(store->verify() == std::vector<std::string>{});
    const auto snapshot = store->snapshot();
    for (const Row& row : rows_of(*snapshot, {}, 1000)) {
        REQUIRE_NOTHROW(snapshot->term(row[0]));
        REQUIRE_NOTHROW(snapshot->term(row[2]));
    }
}

}  // namespace

TEST_CASE("a load that is small for the store and large in new terms survives a crash",
          "[recovery]") {
    const bool triple_terms = GENERATE(false, true);
    const TestDirectory directory;
    OpenOptions options;
    options.create = true;
    const auto store = Store::open(directory / "store", options);
    CHECK(load_new(*store, "first", 18'000, triple_terms).added == 18'000);
    require_survives(directory / "store", directory / "crashed", 18'000);
    CHECK(load_new(*store, "second", 90'000, false).added == 90'000);
    CHECK(load_new(*store, "third", 20'000, triple_terms).added == 20'000);
    require_survives(directory / "store", directory / "crashed again", 128'000);
}

TEST_CASE("blocks of triple terms go when newer ones replace them and nobody reads them",
          "[recovery]") {
    const TestDirectory directory;
    OpenOptions options;
    options.create = true;
    const auto blocks_of = [&] {
        const auto core = open_store(directory / "store", {});
        return std::pair(list_generations(*core->blocks(), Permutation::triple_pos).size(),
                         core->dictionary()->triples().size());
    };
    ScanRequest request;
    request.permutation = Permutation::triple_pos;
    {
        const auto store = Store::open(directory / "store", options);
        load_new(*store, "first", 20'000, true);
        const auto before = store->snapshot();
        const auto cursor = before->scan(request);
        std::array<TermId, 10> subjects;
        TermId* const columns[] = {nullptr, nullptr, subjects.data(), nullptr};
        std::size_t read = cursor->next(columns, subjects.size());
        load_new(*store, "second", 45'000, true);
        load_new(*store, "third", 70'000, true);
        while (const std::size_t rows = cursor->next(columns, subjects.size())) read += rows;
        CHECK(read == 20'000);
        CHECK(rows_of(*before, request, 1000).size() == 70'000);
        CHECK(store->verify() == std::vector<std::string>{});
    }
    CHECK(blocks_of() == std::pair(std::size_t{1}, std::uint64_t{70'000}));
    {
        // A process that ends before it publishes what it folded.
        const auto core = open_store(directory / "store", {});
        core->dictionary()->triples().fold();
        CHECK(list_generations(*core->blocks(), Permutation::triple_pos).size() == 2);
    }
    CHECK(blocks_of() == std::pair(std::size_t{1}, std::uint64_t{70'000}));
    CHECK(Store::open(directory / "store", {})->verify() == std::vector<std::string>{});
}
