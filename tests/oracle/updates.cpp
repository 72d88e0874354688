#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <dossier/error.h>

#include "engine/query_executor.h"
#include "tests/oracle/campaign.h"
#include "tests/oracle/comparison.h"
#include "tests/oracle/engine_store.h"
#include "tests/oracle/random_queries.h"
#include "tests/oracle/reference_evaluator.h"
#include "tests/oracle/template_instances.h"
#include "tests/oracle/temporary_folder.h"

// Random sequences of updates against the definition (SPARQL 1.1 Update sections 3 and 4.3): the
// dataset is a set of statements, WHERE is what the reference evaluator answers over the state
// before the operation, all that is removed goes before all that is added.

namespace dossier::oracle {

namespace {

using State = std::map<std::string, Quad>;  // by the statement's line

std::vector<Quad> quads_of(const State& state) {
    std::vector<Quad> out;
    for (const auto& [line, quad] : state) out.push_back(quad);
    return out;
}
void add(State& state, const Quad& quad) {
    state.emplace(to_text({quad}), quad);
}
bool in_default_graph(const Quad& quad) {
    return quad.graph.text().empty();
}

// A template's statement; without a graph it goes where WITH says.
struct TemplateQuad {
    std::optional<Place> graph;
    Triple triple;
};

std::string text_of(const std::vector<TemplateQuad>& quads) {
    std::string out;
    for (const TemplateQuad& quad : quads) {
        Node triples;
        triples.triples.push_back(quad.triple);
        Node node = triples;
        if (quad.graph) {
            node = Node();
            node.kind = Node::Kind::graph;
            node.graph = *quad.graph;
            node.children.push_back(triples);
        }
        out += to_text(node) + " ";
    }
    return "{ " + out + "}";
}

std::string graph_text(const Term& graph) {
    return graph.text().empty() ? "DEFAULT" : "GRAPH " + graph.to_string();
}

// Makes operations for the state there is, and does them to it as they are defined.
class RandomUpdates {
  public:
    RandomUpdates(State& state, const TemporaryFolder& files, Chance& chance)
        : state_(state), files_(files), chance_(chance) {}

    // The text of one operation; its effect is in the state.
    std::string operation() {
        switch (chance_.below(13)) {
            case 6:
                return load();
            case 0:
                return data(true);
            case 1:
                return data(false);
            case 2:
                return chance_.of(0.3) ? clear() : data(true);
            case 3:
            case 4:
                return transfer();
            case 5:
                return delete_where();
            default:
                return modify();
        }
    }

    // One that fails, and takes the whole request with it.
    std::string failing_operation() {
        std::vector<Term> names;
        for (const auto& [line, quad] : state_)
            if (!in_default_graph(quad)) names.push_back(quad.graph);
        switch (chance_.below(4)) {
            case 0:
                if (!names.empty()) return "CREATE GRAPH " + chance_.one_of(names).to_string();
                [[fallthrough]];
            case 1:
                return "COPY <http://g/absent> TO DEFAULT";
            case 2:
                return "LOAD <" + broken_file() + ">";
            default:
                return "LOAD <" + files_.iri("absent.nt") + "> INTO GRAPH <http://g/0>";
        }
    }

  private:
    using Solutions = ReferenceEvaluator::Solutions;

    Term some_graph(double usual) {
        if (chance_.of(usual)) return {};
        std::vector<Term> names;
        for (const auto& [line, quad] : state_)
            if (!in_default_graph(quad)) names.push_back(quad.graph);
        if (names.empty() || chance_.of(0.2))
            return Term::iri("http://g/" + std::to_string(chance_.below(4)));
        return chance_.one_of(names);
    }

    Quad new_quad() {
        Term subject = random_constant(chance_);
        while (!subject.is_iri()) subject = random_constant(chance_);
        return {subject, Term::iri("http://p/" + std::to_string(chance_.below(3))),
                random_constant(chance_), some_graph(0.6)};
    }

    // Half of the statements of a good file, and then none.
    std::string broken_file() const {
        return files_.write("broken.nt",
                            "<http://n/1> <http://p/0> <http://n/broken> .\n<http://n/1> <oops\n");
    }

    std::string load() {
        const Term graph = some_graph(0.4);
        const std::string silent = chance_.of(0.5) ? "SILENT " : "";
        const std::string into = in_default_graph({{}, {}, {}, graph})
                                     ? std::string()
                                     : " INTO GRAPH " + graph.to_string();
        // What fails without a word has no effect.
        if (chance_.of(0.15)) return "LOAD SILENT <" + files_.iri("absent.ttl") + ">" + into;
        if (chance_.of(0.15)) return "LOAD SILENT <" + broken_file() + ">" + into;
        std::vector<Quad> quads;
        const std::size_t count = chance_.below(5);
        for (std::size_t i = 0; i < count; ++i) {
            Quad quad = new_quad();
            quad.graph = {};
            if (chance_.of(0.2)) quad.subject = Term::blank_node("file");
            if (chance_.of(0.1)) quad.object = Term::blank_node("other");
            quads.push_back(std::move(quad));
        }
        const std::string name = "data" + std::to_string(++made_);
        const std::string iri =
            files_.write(name + (chance_.of(0.5) ? ".nt" : ".ttl"), to_text(quads));
        // The file's blank nodes are none of the store's.
        for (Quad& quad : quads) {
            quad.graph = graph;
            for (Term* term : {&quad.subject, &quad.object})
                if (term->is_blank_node())
                    *term = Term::blank_node(name + std::string(term->text()));
            add(state_, quad);
        }
        return "LOAD " + silent + "<" + iri + ">" + into;
    }

    std::string data(bool insert) {
        const std::vector<Quad> now = quads_of(state_);
        std::string text;
        const std::string fresh = "data" + std::to_string(++made_);
        const std::size_t count = 1 + chance_.below(4);
        for (std::size_t i = 0; i < count; ++i) {
            Quad quad = new_quad();
            if (!now.empty() && chance_.of(insert ? 0.2 : 0.8)) quad = chance_.one_of(now);
            if (to_text({quad}).find("_:") != std::string::npos) continue;
            if (insert && chance_.of(0.15)) quad.object = Term::blank_node(fresh);
            const std::string triple = quad.subject.to_string() + " " + quad.predicate.to_string() +
                                       " " + quad.object.to_string() + " . ";
            text += in_default_graph(quad)
                        ? triple
                        : "GRAPH " + quad.graph.to_string() + " { " + triple + "} ";
            if (insert)
                add(state_, quad);
            else
                state_.erase(to_text({quad}));
        }
        return (insert ? "INSERT DATA { " : "DELETE DATA { ") + text + "}";
    }

    void clear_graph(const Term& graph) {
        std::erase_if(state_, [&](const auto& entry) { return entry.second.graph == graph; });
    }

    std::string clear() {
        const std::string verb = chance_.of(0.5) ? "CLEAR SILENT " : "DROP SILENT ";
        switch (chance_.below(8)) {
            case 0:
                state_.clear();
                return verb + "ALL";
            case 1:
                std::erase_if(state_,
                              [](const auto& one) { return !in_default_graph(one.second); });
                return verb + "NAMED";
            case 2:
                return "CREATE SILENT GRAPH " + some_graph(0).to_string();
            default: {
                const Term graph = some_graph(0.2);
                clear_graph(graph);
                return verb + graph_text(graph);
            }
        }
    }

    std::string transfer() {
        static const std::vector<std::string> verbs = {"ADD", "COPY", "MOVE"};
        const std::size_t verb = chance_.below(3);
        const Term from = some_graph(0.25);
        const Term to = some_graph(0.25);
        const std::string text =
            verbs[verb] + " SILENT " + graph_text(from) + " TO " + graph_text(to);
        const bool exists = from.text().empty() ||
                            std::any_of(state_.begin(), state_.end(),
                                        [&](const auto& one) { return one.second.graph == from; });
        // A graph that is not there is an error, which SILENT makes a success without effect.
        if (from == to || !exists) return text;
        std::vector<Quad> moved;
        for (const auto& [line, quad] : state_)
            if (quad.graph == from)
                moved.push_back({quad.subject, quad.predicate, quad.object, to});
        if (verb > 0) clear_graph(to);
        if (verb == 2) clear_graph(from);
        for (const Quad& quad : moved) add(state_, quad);
        return text;
    }

    // The dataset that a WHERE clause sees (section 3.1.3).
    Dataset seen(const std::optional<Term>& with, const std::vector<Term>& used,
                 const std::vector<Term>& named) {
        std::vector<Quad> quads;
        std::set<std::string> in_default;
        const bool chosen = !used.empty() || !named.empty();
        for (const auto& [line, quad] : state_) {
            const bool as_default =
                chosen ? std::find(used.begin(), used.end(), quad.graph) != used.end()
                       : quad.graph == with.value_or(Term());
            const Quad copy{quad.subject, quad.predicate, quad.object, {}};
            if (as_default && in_default.insert(to_text({copy})).second) quads.push_back(copy);
            if (in_default_graph(quad)) continue;
            if (!chosen || std::find(named.begin(), named.end(), quad.graph) != named.end())
                quads.push_back(quad);
        }
        return dataset_of(quads);
    }

    Solutions solutions(const Node& pattern, Dataset& data) {
        Node select;
        select.kind = Node::Kind::select;
        select.variables = visible_variables(pattern);
        select.children.push_back(pattern);
        return ReferenceEvaluator(data, RandomQueries::variables).solutions(select);
    }

    void instances(const std::vector<TemplateQuad>& quads, const Solutions& rows,
                   const Dataset& data, const Term& usual, std::vector<Quad>& out) {
        for (const auto& row : rows) {
            ++made_;
            for (const TemplateQuad& quad : quads) {
                auto made = instance(quad.triple, row, data, made_);
                const auto graph =
                    quad.graph ? instance(*quad.graph, row, data, made_) : std::optional(usual);
                if (!made || !graph) continue;
                if (graph->is_blank_node()) throw LeftOpen{};
                if (!graph->is_iri()) continue;
                made->graph = *graph;
                out.push_back(std::move(*made));
            }
        }
    }

    std::string delete_where() {
        const std::vector<Quad> now = quads_of(state_);
        RandomQueries random(now, chance_);
        std::vector<TemplateQuad> quads;
        Node pattern;
        pattern.kind = Node::Kind::join;
        const std::size_t count = 1 + chance_.below(2);
        for (std::size_t i = 0; i < count; ++i) {
            Node node = i == 0 ? random.pattern(0) : random.pattern_beside(0);
            if (node.kind != Node::Kind::triples) continue;
            std::optional<Place> graph;
            if (chance_.of(0.4)) {
                graph = chance_.of(0.5) ? Place::of(some_graph(0)) : Place::of(Variable{7});
                Node inside;
                inside.kind = Node::Kind::graph;
                inside.graph = *graph;
                inside.children.push_back(node);
                pattern.children.push_back(inside);
            } else {
                pattern.children.push_back(node);
            }
            for (const Triple& triple : node.triples) quads.push_back({graph, triple});
        }
        if (quads.empty()) return data(false);
        Dataset data = seen({}, {}, {});
        std::vector<Quad> removed;
        try {
            instances(quads, solutions(pattern, data), data, Term(), removed);
        } catch (const LeftOpen&) {
            return this->data(false);
        } catch (const TooLarge&) {
            return this->data(false);
        }
        for (const Quad& quad : removed) state_.erase(to_text({quad}));
        return "DELETE WHERE " + text_of(quads);
    }

    std::vector<TemplateQuad> make_template(const std::vector<Variable>& visible,
                                            const Node& pattern, bool inserts) {
        std::vector<TemplateQuad> out;
        const std::size_t count = 1 + chance_.below(2);
        // A label belongs to one operation of a request.
        const std::string number = std::to_string(++made_);
        const auto any = [&](double constant, bool subject) {
            if (inserts && chance_.of(0.12))
                return Place::of(Term::blank_node((chance_.of(0.6) ? "new" : "other") + number));
            if (!visible.empty() && !chance_.of(constant))
                return Place::of(chance_.one_of(visible));
            Term term = random_constant(chance_);
            while (subject && !term.is_iri()) term = random_constant(chance_);
            return Place::of(term);
        };
        for (std::size_t i = 0; i < count; ++i) {
            TemplateQuad quad;
            if (pattern.kind == Node::Kind::triples && chance_.of(0.6))
                quad.triple = chance_.one_of(pattern.triples);
            else
                quad.triple = {
                    any(0.15, true),
                    visible.empty() || chance_.of(0.8)
                        ? Place::of(Term::iri("http://p/" + std::to_string(chance_.below(3))))
                        : Place::of(chance_.one_of(visible)),
                    any(0.2, false)};
            if (chance_.of(0.3))
                quad.graph = visible.empty() || chance_.of(0.6)
                                 ? Place::of(some_graph(0))
                                 : Place::of(chance_.one_of(visible));
            out.push_back(std::move(quad));
        }
        return out;
    }

    std::string modify() {
        std::optional<Term> with;
        if (chance_.of(0.3)) with = some_graph(0);
        std::vector<Term> used, named;
        while (chance_.of(0.2)) used.push_back(some_graph(0));
        while (chance_.of(0.15)) named.push_back(some_graph(0));
        Dataset data = seen(with, used, named);
        // Patterns are made of what WHERE sees.
        std::vector<Quad> visible_quads;
        for (const Statement& one : data.statements)
            visible_quads.push_back({data.terms.term(one.subject), data.terms.term(one.predicate),
                                     data.terms.term(one.object),
                                     one.graph == 0 ? Term() : data.terms.term(one.graph)});
        RandomQueries random(visible_quads, chance_);
        const Node pattern = random.pattern(chance_.below(3));
        const std::vector<Variable> visible = visible_variables(pattern);
        std::vector<TemplateQuad> deletes, inserts;
        const std::size_t kind = chance_.below(3);
        if (kind != 0) deletes = make_template(visible, pattern, false);
        if (kind != 1) inserts = make_template(visible, pattern, true);
        std::vector<Quad> removed, added;
        try {
            const Solutions rows = solutions(pattern, data);
            if (rows.size() > 500) throw TooLarge{};
            instances(deletes, rows, data, with.value_or(Term()), removed);
            instances(inserts, rows, data, with.value_or(Term()), added);
        } catch (const LeftOpen&) {
            return this->data(true);
        } catch (const TooLarge&) {
            return this->data(false);
        }
        for (const Quad& quad : removed) state_.erase(to_text({quad}));
        for (const Quad& quad : added) add(state_, quad);
        std::string text;
        if (with) text += "WITH " + with->to_string() + " ";
        if (!deletes.empty()) text += "DELETE " + text_of(deletes) + " ";
        if (!inserts.empty()) text += "INSERT " + text_of(inserts) + " ";
        for (const Term& graph : used) text += "USING " + graph.to_string() + " ";
        for (const Term& graph : named) text += "USING NAMED " + graph.to_string() + " ";
        return text + "WHERE { " + to_text(pattern) + " }";
    }

    State& state_;
    const TemporaryFolder& files_;
    Chance& chance_;
    std::size_t made_ = 0;  // new blank nodes have its number
};

State state_of(const EngineStore& store) {
    State out;
    for (const Quad& quad : store.quads()) add(out, quad);
    return out;
}

std::vector<TextRow> rows_of(const State& state, const std::set<std::string>& known) {
    std::vector<TextRow> out;
    for (const auto& [line, quad] : state)
        out.push_back({quad.subject.to_string(), quad.predicate.to_string(),
                       quad.object.to_string(), quad.graph.to_string()});
    return with_new_nodes_named(out, known);
}

std::string lacking(const char* what, const std::vector<TextRow>& from,
                    const std::vector<TextRow>& in) {
    std::vector<TextRow> rows;
    std::set_difference(from.begin(), from.end(), in.begin(), in.end(), std::back_inserter(rows));
    std::string out;
    for (const TextRow& row : rows) {
        out += std::string("  ") + what + ":";
        for (const std::string& cell : row) out += " " + cell;
        out += "\n";
    }
    return out;
}

// What is wrong after a request, up to the names of the blank nodes it made.
std::string wrong_with(const State& expected, const State& found, const State& before) {
    const std::set<std::string> known = blank_nodes_of(quads_of(before));
    const auto wanted = rows_of(expected, known), there = rows_of(found, known);
    return lacking("missing", wanted, there) + lacking("too much", there, wanted);
}

}  // namespace

CampaignReport run_updates(const CampaignOptions& options) {
    constexpr std::uint64_t requests_a_store = 12;
    CampaignReport report;
    const TemporaryFolder files;
    std::unique_ptr<EngineStore> store;
    State state;
    std::uint64_t store_number = UINT64_MAX;
    // A request depends on those before it over the same store.
    const std::uint64_t first = options.first / requests_a_store * requests_a_store;
    for (std::uint64_t number = first; report.queries < options.queries; ++number) {
        const std::uint64_t dataset = number / requests_a_store;
        const auto shape = static_cast<Shape>(dataset % 10 == 0 ? 0 : 1 + dataset % (shapes - 1));
        if (dataset != store_number) {
            Chance chance(options.seed * 15'485'863 + ~dataset);
            store =
                std::make_unique<EngineStore>(random_data(shape, chance), random_making(chance));
            state = state_of(*store);
            store_number = dataset;
        }
        Chance chance(options.seed * 32'452'843 + number);
        const State before = state;
        RandomUpdates random(state, files, chance);
        std::string request;
        const std::size_t operations = chance.of(0.6) ? 1 : 2 + chance.below(4);
        for (std::size_t i = 0; i < operations; ++i)
            request += (i > 0 ? " ;\n" : "") + random.operation();
        // One transaction: what fails at its end has changed nothing.
        const bool fails = chance.of(0.06);
        if (fails) {
            request += " ;\n" + random.failing_operation();
            request += " ;\n" + random.operation();
            state = before;
        }
        // Some with a pass left out, or with all.
        std::vector<std::string> disabled;
        if (chance.of(0.3)) disabled = {chance.one_of(engine::pass_names())};
        if (chance.of(0.1)) disabled = engine::pass_names();
        std::string wrong;
        try {
            bool failed = false;
            try {
                store->update(request, disabled, files.path());
            } catch (const Error&) {
                if (!fails) throw;
                failed = true;
            }
            store->read_back();
            const State found = state_of(*store);
            if (fails && !failed) wrong = "  no error\n";
            wrong += wrong_with(state, found, before);
            state = found;
        } catch (const LeftOpen&) {
            // Too many new blank nodes that hang together.
            ++report.skipped;
            state = state_of(*store);
        } catch (const std::exception& error) {
            wrong = std::string("  error: ") + error.what() + "\n";
        }
        ++report.runs;
        if (number >= options.first) {
            ++report.queries;
            ++report.by_shape[name_of(shape)];
            const auto same_line = [](const auto& a, const auto& b) { return a.first == b.first; };
            if (before.size() != state.size() ||
                !std::equal(before.begin(), before.end(), state.begin(), same_line))
                ++report.non_empty;
        }
        if (wrong.empty()) continue;
        ++report.differences;
        if (options.print) {
            std::string passes;
            for (const std::string& pass : disabled) passes += " " + pass;
            options.print("difference: repeat with tests/oracle/run 1 " +
                          std::to_string(options.seed) + " --updates --first " +
                          std::to_string(number) + (passes.empty() ? "" : " without" + passes) +
                          "\n" + to_text(quads_of(before)) + request + "\n" + wrong);
        }
        if (report.differences >= options.max_differences) break;
        store_number = UINT64_MAX;
        number = (dataset + 1) * requests_a_store - 1;
    }
    return report;
}

}  // namespace dossier::oracle
