#include "tests/oracle/template_instances.h"

#include <algorithm>
#include <map>

#include "tests/oracle/reference_values.h"

namespace dossier::oracle {

std::optional<Term> instance(const Place& place, const ReferenceEvaluator::Solution& row,
                             const Dataset& data, std::size_t solution) {
    if (place.variable) {
        const TermTable::Id id = row[*place.variable];
        if (id == 0) return std::nullopt;
        return data.terms.term(id);
    }
    if (place.parts.empty()) {
        if (!place.term.is_blank_node()) return place.term;
        return Term::blank_node("made" + std::to_string(solution) + std::string(place.term.text()));
    }
    const auto inner = instance(place.parts.front(), row, data, solution);
    if (!inner) return std::nullopt;
    return Term::triple(inner->subject, inner->predicate, inner->object);
}

std::optional<Quad> instance(const Triple& triple, const ReferenceEvaluator::Solution& row,
                             const Dataset& data, std::size_t solution) {
    const auto s = instance(triple.subject, row, data, solution);
    const auto p = instance(triple.predicate, row, data, solution);
    const auto o = instance(triple.object, row, data, solution);
    if (!s || !p || !o || !(s->is_iri() || s->is_blank_node()) || !p->is_iri()) return std::nullopt;
    return Quad{*s, *p, *o, {}};
}

namespace {

void add_blank_nodes(const Term& term, std::set<std::string>& out) {
    if (term.is_blank_node()) out.insert(term.to_string());
    if (!term.is_triple()) return;
    add_blank_nodes(term.subject(), out);
    add_blank_nodes(term.object(), out);
}

// A text with its new nodes taken out, and these in their order.
struct Cell {
    std::vector<std::string> texts;  // around the nodes
    std::vector<std::string> nodes;
};

Cell cell_of(const std::string& text, const std::set<std::string>& known) {
    Cell out;
    out.texts.emplace_back();
    for (std::size_t at = 0; at < text.size();) {
        const bool at_begin = at == 0 || text[at - 1] == ' ';
        if (!at_begin || text.compare(at, 2, "_:") != 0) {
            out.texts.back() += text[at++];
            continue;
        }
        const std::size_t end = std::min(text.find(' ', at), text.size());
        const std::string node = text.substr(at, end - at);
        at = end;
        if (known.contains(node)) {
            out.texts.back() += node;
        } else {
            out.nodes.push_back(node);
            out.texts.emplace_back();
        }
    }
    return out;
}

using Names = std::map<std::string, std::string>;
using Cells = std::vector<Cell>;

TextRow row_of(const Cells& statement, const Names& names) {
    TextRow out;
    for (const Cell& cell : statement) {
        std::string text = cell.texts[0];
        for (std::size_t i = 0; i < cell.nodes.size(); ++i)
            text += names.at(cell.nodes[i]) + cell.texts[i + 1];
        out.push_back(std::move(text));
    }
    return out;
}

// The least rows that names give, of all the ways to give them.
std::vector<TextRow> least_rows(const std::vector<Cells>& statements,
                                std::vector<std::string> nodes) {
    if (nodes.size() > 5) throw LeftOpen{};
    std::sort(nodes.begin(), nodes.end());
    std::vector<TextRow> least;
    do {
        Names names;
        for (std::size_t i = 0; i < nodes.size(); ++i) names[nodes[i]] = "_:" + std::to_string(i);
        std::vector<TextRow> rows;
        for (const Cells& statement : statements) rows.push_back(row_of(statement, names));
        std::sort(rows.begin(), rows.end());
        if (least.empty() || rows < least) least = std::move(rows);
    } while (std::next_permutation(nodes.begin(), nodes.end()));
    return least;
}

}  // namespace

std::set<std::string> blank_nodes_of(const std::vector<Quad>& quads) {
    std::set<std::string> out;
    for (const Quad& quad : quads)
        for (const Term* term : {&quad.subject, &quad.object, &quad.graph})
            add_blank_nodes(*term, out);
    return out;
}

std::set<std::string> blank_nodes_of(const Dataset& data) {
    std::set<std::string> out;
    for (TermTable::Id id = 1; id < data.terms.size(); ++id)
        add_blank_nodes(data.terms.term(id), out);
    return out;
}

std::vector<TextRow> with_new_nodes_named(const std::vector<TextRow>& rows,
                                          const std::set<std::string>& known) {
    std::vector<TextRow> out;
    // Statements that share a new node hang together; each such piece is named for itself.
    struct Piece {
        std::vector<Cells> statements;
        std::set<std::string> nodes;
    };
    std::vector<Piece> pieces;
    for (const TextRow& row : rows) {
        Piece piece;
        piece.statements.emplace_back();
        for (const std::string& text : row) {
            Cell cell = cell_of(text, known);
            piece.nodes.insert(cell.nodes.begin(), cell.nodes.end());
            piece.statements.back().push_back(std::move(cell));
        }
        if (piece.nodes.empty()) {
            out.push_back(row);
            continue;
        }
        std::erase_if(pieces, [&](Piece& other) {
            const bool shares =
                std::any_of(other.nodes.begin(), other.nodes.end(),
                            [&](const std::string& node) { return piece.nodes.contains(node); });
            if (!shares) return false;
            piece.nodes.insert(other.nodes.begin(), other.nodes.end());
            for (Cells& statement : other.statements)
                piece.statements.push_back(std::move(statement));
            return true;
        });
        pieces.push_back(std::move(piece));
    }
    std::vector<std::vector<TextRow>> named;
    for (const Piece& piece : pieces)
        named.push_back(least_rows(piece.statements, {piece.nodes.begin(), piece.nodes.end()}));
    std::sort(named.begin(), named.end());
    // Pieces that are alike are as many.
    for (std::size_t i = 0; i < named.size(); ++i)
        for (TextRow& row : named[i]) {
            row.push_back("piece " + std::to_string(i));
            out.push_back(std::move(row));
        }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace dossier::oracle
