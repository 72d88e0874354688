#include "tests/oracle/store_making.h"

#include <algorithm>

#include "engine/load.h"
#include "engine/store_impl.h"
#include "engine/update.h"
#include "parser/byte_source.h"
#include "parser/sparql_parser.h"
#include "storage/recovery.h"

namespace dossier::oracle {

namespace {

// Statements of a commit.
constexpr std::size_t commit_size = 7;

std::string data_text(const Quad& quad) {
    const std::string triple = quad.subject.to_string() + " " + quad.predicate.to_string() + " " +
                               quad.object.to_string() + " . ";
    return quad.graph.text().empty() ? triple
                                     : "GRAPH " + quad.graph.to_string() + " { " + triple + "} ";
}

bool has_blank_node(const Quad& quad) {
    return data_text(quad).find("_:") != std::string::npos;
}

void load(storage::Store& store, const std::vector<Quad>& quads) {
    const std::string text = to_text(quads);
    LoadOptions options;
    options.format = DataFormat::nquads;
    engine::load_sources(store, {{"data", "", [&] { return open_memory(text, "data"); }}}, options,
                         1, {});
}

Term noise(std::size_t number) {
    return Term::iri("http://noise/" + std::to_string(number));
}

// In one commit a blank node's label is one node: they come first, and together.
void make_updated(storage::Store& store, const std::vector<Quad>& quads) {
    std::string blank;
    std::vector<std::string> rest;
    for (const Quad& quad : quads) {
        if (has_blank_node(quad))
            blank += data_text(quad);
        else
            rest.push_back(data_text(quad));
    }
    if (!blank.empty()) update_store(store, "INSERT DATA { " + blank + " }");
    for (std::size_t i = 0; i < rest.size(); i += commit_size) {
        std::string group;
        for (std::size_t j = i; j < std::min(i + commit_size, rest.size()); ++j) group += rest[j];
        update_store(store,
                     "INSERT DATA { " + group + " <http://noise/> <http://p/0> <http://n/1> }");
        update_store(store, "DELETE DATA { <http://noise/> <http://p/0> <http://n/1> }");
    }
}

// `between` is called between commits, with how much is done (0 to 1).
template <typename Between>
void make_changed(std::shared_ptr<storage::Store>& store, const std::vector<Quad>& quads,
                  Between&& between) {
    std::vector<Quad> loaded;
    std::vector<std::string> known, rest, surplus;
    for (const Quad& quad : quads) {
        const bool first = has_blank_node(quad) || (loaded.size() + rest.size()) % 2 == 0;
        if (first) {
            loaded.push_back(quad);
            if (!has_blank_node(quad)) known.push_back(data_text(quad));
        } else {
            rest.push_back(data_text(quad));
        }
    }
    const std::size_t real = loaded.size();
    for (std::size_t i = 0; i < real; i += 2) {
        Quad more = loaded[i];
        more.object = noise(i);
        if (has_blank_node(more)) continue;
        surplus.push_back(data_text(more));
        loaded.push_back(more);
    }
    load(*store, loaded);
    // Each commit adds statements and takes away some that were loaded; some of those that are to
    // stay go, and come back with the next.
    const std::size_t commits =
        1 + std::max({rest.size(), surplus.size(), known.size()}) / commit_size;
    const auto part = [&](const std::vector<std::string>& of, std::size_t commit) {
        std::string text;
        for (std::size_t i = commit * commit_size;
             i < std::min((commit + 1) * commit_size, of.size()); ++i)
            text += of[i];
        return text;
    };
    for (std::size_t commit = 0; commit < commits; ++commit) {
        update_store(*store, "INSERT DATA { " + part(rest, commit) + " } ; DELETE DATA { " +
                                 part(surplus, commit) + part(known, commit) + " }");
        between(static_cast<double>(2 * commit + 1) / static_cast<double>(2 * commits));
        update_store(*store, "INSERT DATA { " + part(known, commit) + " }");
        between(static_cast<double>(commit + 1) / static_cast<double>(commits));
    }
}

void make_emptied(storage::Store& store, const std::vector<Quad>& quads) {
    constexpr std::size_t most = 9'000;  // a block has about 4,096
    std::vector<Quad> crowd = quads;
    for (std::size_t i = 0; !quads.empty() && i < most; ++i) {
        Quad more = quads[i % quads.size()];
        if (i % 3 == 0)
            more.subject = noise(i);
        else
            more.object = noise(i);
        crowd.push_back(more);
    }
    load(store, crowd);
    if (quads.empty()) return;
    const std::string pattern =
        "?s ?p ?o FILTER(STRSTARTS(STR(?s), \"http://noise/\") || "
        "(isIRI(?o) && STRSTARTS(STR(?o), \"http://noise/\")))";
    update_store(store, "DELETE { ?s ?p ?o } WHERE { " + pattern + " }");
    update_store(store, "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { " + pattern + " } }");
}

std::shared_ptr<storage::Store> open(const TemporaryFolder& folder) {
    storage::OpenOptions options;
    options.create = true;
    options.cache_bytes = std::size_t{8} << 20;
    options.durability = storage::Durability::relaxed;
    // Every closing makes a run of what is in the log.
    storage::FoldLimits limits;
    limits.most_at_close = 0;
    return storage::open_store_over(folder.path() + "/store", options, nullptr, limits);
}

}  // namespace

const char* name_of(Making making) {
    static constexpr std::array names = {"loaded",  "updated",  "changed",
                                         "emptied", "reopened", "older snapshot"};
    return names[static_cast<std::size_t>(making)];
}

Making random_making(Chance& chance) {
    // A disk takes its time.
    if (chance.of(0.1)) return Making::reopened;
    return all_makings[chance.below(4)];
}

MadeStore make_store(const std::vector<Quad>& quads, Making making) {
    MadeStore made;
    const auto keep = [](double) {};
    if (making != Making::reopened) made.store = storage::Store::in_memory();
    switch (making) {
        case Making::bulk:
            load(*made.store, quads);
            break;
        case Making::updated:
            make_updated(*made.store, quads);
            break;
        case Making::changed:
            make_changed(made.store, quads, keep);
            break;
        case Making::emptied:
            make_emptied(*made.store, quads);
            break;
        case Making::reopened: {
            made.folder = std::make_unique<TemporaryFolder>();
            made.store = open(*made.folder);
            // The last commits stay in the log.
            double next = 0;
            make_changed(made.store, quads, [&](double done) {
                if (done < next || done > 0.9) return;
                next = done + 0.1;
                made.store->close();
                made.store = open(*made.folder);
            });
            break;
        }
        case Making::older:
            make_changed(made.store, quads, keep);
            made.older = made.store->snapshot();
            update_store(*made.store, "CLEAR ALL");
            update_store(*made.store,
                         "INSERT DATA { <http://n/1> <http://p/0> <http://n/2> , <http://n/1> "
                         "GRAPH <http://g/0> { <http://n/1> <http://p/1> <http://n/2> } }");
            break;
    }
    return made;
}

void update_store(storage::Store& store, const std::string& text,
                  const std::vector<std::string>& disabled_passes, const std::string& load_folder) {
    const auto transaction = store.begin(writer_timeout);
    engine::UpdateSettings settings;
    settings.disabled_passes = disabled_passes;
    settings.load_directory = load_folder;
    engine::run_update(sparql::parse_update(text, {}), *transaction, settings);
    transaction->commit({});
}

}  // namespace dossier::oracle
