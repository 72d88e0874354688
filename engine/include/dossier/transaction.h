#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include <dossier/export.h>
#include <dossier/options.h>
#include <dossier/query.h>
#include <dossier/term.h>

namespace dossier {

// Several changes as one commit. Its queries see its own changes; nobody else does before commit().
// Belongs to one thread; holds the writer's right until it ends. The destructor rolls back.
class DOSSIER_EXPORT Transaction {
  public:
    struct Impl;
    explicit Transaction(std::unique_ptr<Impl> impl);
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) noexcept;
    ~Transaction();

    Rows query(std::string_view text, const QueryOptions& options = {});
    bool ask(std::string_view text, const QueryOptions& options = {});
    Graph construct(std::string_view text, const QueryOptions& options = {});
    Query prepare(std::string_view text, const QueryOptions& options = {});
    // What the report says of statements is what was asked for; what of it changes anything is
    // known at the commit.
    UpdateReport update(std::string_view text, const QueryOptions& options = {});
    // One statement; an empty IRI as the graph is the default graph. Inserting what is there and
    // removing what is not changes nothing; commit() tells how many did.
    void insert(const Term& subject, const Term& predicate, const Term& object,
                const Term& graph = {});
    void remove(const Term& subject, const Term& predicate, const Term& object,
                const Term& graph = {});
    // Reads statements into this transaction; meant for small amounts, Store::load for large ones.
    LoadReport load_text(std::string_view text, DataFormat format, const LoadOptions& options = {});

    // Durable when it returns. The transaction is over, also when it throws.
    UpdateReport commit(const CommitOptions& options = {});
    void rollback();

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace dossier
