#include <dossier/prefixes.h>

#include "parser/sparql_writer.h"

// Groups, queries and updates.

namespace dossier::sparql {

void SyntaxWriter::line() {
    text_ += '\n';
    text_.append(2 * depth_, ' ');
}

void SyntaxWriter::open_brace() {
    text_ += '{';
    ++depth_;
}

void SyntaxWriter::close_brace() {
    --depth_;
    line();
    text_ += '}';
}

void SyntaxWriter::triples(const std::vector<TriplePattern>& triples) {
    for (const TriplePattern& pattern : triples) {
        line();
        triple(pattern);
        text_ += " .";
    }
}

void SyntaxWriter::group(const GroupPattern& group) {
    open_brace();
    for (const GroupElement& part : group.elements) element(part);
    close_brace();
}

void SyntaxWriter::keyword_group(const char* keyword, const GroupPattern& pattern) {
    line();
    word(keyword);
    group(pattern);
}

void SyntaxWriter::values(const Values& values) {
    word("VALUES (");
    for (const Variable name : values.variables) {
        text_ += ' ';
        variable(name);
    }
    word(" ) ");
    open_brace();
    for (std::size_t row = 0; row < values.row_count; ++row) {
        line();
        text_ += '(';
        for (std::size_t column = 0; column < values.variables.size(); ++column) {
            text_ += ' ';
            if (const auto cell = values.cell(row, column)) {
                constant(*cell);
            } else {
                word("UNDEF");
            }
        }
        word(" )");
    }
    close_brace();
}

void SyntaxWriter::element(const GroupElement& element) {
    if (const auto* block = std::get_if<TriplesBlock>(&element.pattern)) {
        triples(block->triples);
        for (const PathPattern& pattern : block->paths) {
            line();
            node(pattern.subject);
            text_ += ' ';
            path(*pattern.path);
            text_ += ' ';
            node(pattern.object);
            text_ += " .";
        }
    } else if (const auto* filter = std::get_if<Filter>(&element.pattern)) {
        line();
        word("FILTER ");
        bracketted(filter->condition);
    } else if (const auto* optional = std::get_if<Optional>(&element.pattern)) {
        keyword_group("OPTIONAL ", optional->group);
    } else if (const auto* branches = std::get_if<Union>(&element.pattern)) {
        for (std::size_t i = 0; i < branches->branches.size(); ++i) {
            keyword_group(i == 0 ? "" : "UNION ", branches->branches[i]);
        }
    } else if (const auto* minus = std::get_if<Minus>(&element.pattern)) {
        keyword_group("MINUS ", minus->group);
    } else if (const auto* graph = std::get_if<GraphPattern>(&element.pattern)) {
        line();
        word("GRAPH ");
        node(graph->graph);
        text_ += ' ';
        group(graph->group);
    } else if (const auto* service = std::get_if<Service>(&element.pattern)) {
        line();
        word(service->silent ? "SERVICE SILENT " : "SERVICE ");
        node(service->endpoint);
        text_ += ' ';
        group(service->group);
    } else if (const auto* bind = std::get_if<Bind>(&element.pattern)) {
        line();
        word("BIND (");
        expression(bind->value);
        word(" AS ");
        variable(bind->target);
        text_ += ')';
    } else if (const auto* data = std::get_if<Values>(&element.pattern)) {
        line();
        values(*data);
    } else if (const auto* select = std::get_if<SubSelect>(&element.pattern)) {
        line();
        query(*select->query);
    } else if (const auto* lateral = std::get_if<Lateral>(&element.pattern)) {
        keyword_group("LATERAL ", lateral->group);
    }
}

// ---- Queries --------------------------------------------------------------------------------

void SyntaxWriter::projection(const Query& query) {
    word("SELECT");
    if (query.duplicates == Duplicates::distinct) word(" DISTINCT");
    if (query.duplicates == Duplicates::reduced) word(" REDUCED");
    if (query.star) {
        word(" *");
        return;
    }
    for (const Projection& column : query.projection) {
        text_ += ' ';
        if (!column.value) {
            variable(column.variable);
            continue;
        }
        text_ += '(';
        expression(*column.value);
        word(" AS ");
        variable(column.variable);
        text_ += ')';
    }
}

void SyntaxWriter::dataset(const std::vector<DatasetClause>& clauses, const char* keyword) {
    for (const DatasetClause& clause : clauses) {
        line();
        word(keyword);
        word(clause.named ? " NAMED " : " ");
        constant(clause.graph);
    }
}

void SyntaxWriter::modifiers(const Query& query) {
    if (!query.group_by.empty()) {
        line();
        word("GROUP BY");
        for (const GroupKey& key : query.group_by) {
            word(" (");
            expression(key.value);
            if (key.name) {
                word(" AS ");
                variable(*key.name);
            }
            text_ += ')';
        }
    }
    if (!query.having.empty()) {
        line();
        word("HAVING");
        for (const Expression& condition : query.having) {
            text_ += ' ';
            bracketted(condition);
        }
    }
    if (!query.order_by.empty()) {
        line();
        word("ORDER BY");
        for (const OrderKey& key : query.order_by) {
            word(key.descending ? " DESC" : " ASC");
            bracketted(key.value);
        }
    }
    if (query.limit) {
        line();
        word("LIMIT ");
        text_ += std::to_string(*query.limit);
    }
    if (query.skip) {
        line();
        word("OFFSET ");
        text_ += std::to_string(*query.skip);
    }
    if (query.values) {
        line();
        values(*query.values);
    }
}

void SyntaxWriter::query(const Query& query) {
    switch (query.form) {
        case QueryForm::select:
            projection(query);
            break;
        case QueryForm::ask:
            word("ASK");
            break;
        case QueryForm::construct:
            word("CONSTRUCT ");
            open_brace();
            triples(query.construct);
            close_brace();
            // CONSTRUCT WHERE: the same nodes, but their labels in the pattern are others.
            blank_numbers_.clear();
            break;
        case QueryForm::describe:
            word("DESCRIBE");
            if (query.star) {
                word(" *");
            } else {
                for (const Node& target : query.describe) {
                    text_ += ' ';
                    node(target);
                }
            }
            break;
    }
    dataset(query.dataset, "FROM");
    line();
    word("WHERE ");
    group(query.where);
    modifiers(query);
}

// ---- Updates --------------------------------------------------------------------------------

void SyntaxWriter::quads(const std::vector<QuadPattern>& quads) {
    open_brace();
    for (const QuadPattern& part : quads) {
        if (!part.graph) {
            triples(part.triples);
            continue;
        }
        line();
        word("GRAPH ");
        node(*part.graph);
        text_ += ' ';
        open_brace();
        triples(part.triples);
        close_brace();
    }
    close_brace();
}

void SyntaxWriter::modify(const Modify& modify) {
    if (modify.with) {
        word("WITH ");
        constant(*modify.with);
        line();
    }
    if (!modify.remove.empty()) {
        word("DELETE ");
        quads(modify.remove);
        line();
    }
    if (!modify.insert.empty() || modify.remove.empty()) {
        word("INSERT ");
        quads(modify.insert);
    }
    dataset(modify.dataset, "USING");
    line();
    word("WHERE ");
    group(modify.where);
}

void SyntaxWriter::reference(const GraphReference& reference) {
    switch (reference.scope) {
        case GraphScope::one:
            word("GRAPH ");
            constant(reference.graph);
            break;
        case GraphScope::default_graph:
            word("DEFAULT");
            break;
        case GraphScope::all_named:
            word("NAMED");
            break;
        case GraphScope::all:
            word("ALL");
            break;
    }
}

void SyntaxWriter::operation(const UpdateOperation& operation) {
    const auto silent = [](bool is_silent) { return is_silent ? "SILENT " : ""; };
    if (const auto* insert = std::get_if<InsertData>(&operation.operation)) {
        word("INSERT DATA ");
        quads(insert->quads);
    } else if (const auto* remove = std::get_if<DeleteData>(&operation.operation)) {
        word("DELETE DATA ");
        quads(remove->quads);
    } else if (const auto* where = std::get_if<DeleteWhere>(&operation.operation)) {
        word("DELETE WHERE ");
        quads(where->quads);
    } else if (const auto* both = std::get_if<Modify>(&operation.operation)) {
        modify(*both);
    } else if (const auto* load = std::get_if<Load>(&operation.operation)) {
        word("LOAD ");
        word(silent(load->silent));
        constant(load->source);
        if (load->into) {
            word(" INTO GRAPH ");
            constant(*load->into);
        }
    } else if (const auto* clear = std::get_if<Clear>(&operation.operation)) {
        word("CLEAR ");
        word(silent(clear->silent));
        reference(clear->target);
    } else if (const auto* drop = std::get_if<Drop>(&operation.operation)) {
        word("DROP ");
        word(silent(drop->silent));
        reference(drop->target);
    } else if (const auto* create = std::get_if<Create>(&operation.operation)) {
        word("CREATE ");
        word(silent(create->silent));
        word("GRAPH ");
        constant(create->graph);
    } else if (const auto* transfer = std::get_if<Transfer>(&operation.operation)) {
        word(transfer->kind == GraphTransfer::add    ? "ADD "
             : transfer->kind == GraphTransfer::move ? "MOVE "
                                                     : "COPY ");
        word(silent(transfer->silent));
        reference(transfer->from);
        word(" TO ");
        reference(transfer->to);
    }
}

void SyntaxWriter::operations(const std::vector<UpdateOperation>& operations) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
        if (i != 0) {
            word(" ;");
            line();
        }
        operation(operations[i]);
    }
}

std::string to_text(const Query& query, const Symbols& symbols, const PrefixMap* prefixes) {
    SyntaxWriter writer(symbols, prefixes);
    writer.query(query);
    return writer.take();
}

std::string to_text(const std::vector<UpdateOperation>& operations, const Symbols& symbols,
                    const PrefixMap* prefixes) {
    SyntaxWriter writer(symbols, prefixes);
    writer.operations(operations);
    return writer.take();
}

}  // namespace dossier::sparql
