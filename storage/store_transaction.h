#pragma once

#include <memory>

#include "storage/dictionary.h"
#include "storage/own_snapshot.h"
#include "storage/store.h"
#include "storage/store_core.h"
#include "storage/transaction_changes.h"

namespace dossier::storage {

// The only writer, from begin to commit or rollback.
class StoreTransaction : public Transaction {
  public:
    StoreTransaction(CoreReference core, std::unique_ptr<HeldRight> right);
    ~StoreTransaction() override;

    std::shared_ptr<const Snapshot> snapshot(StopQuestion* question) override;
    TermId intern(const TermView& term) override;
    TermId intern_name(const TermView& term) override;
    TermId intern_triple(const TripleIds& triple) override;
    TermId new_blank_node() override;
    void insert(const QuadIds& quad) override;
    void remove(const QuadIds& quad) override;
    std::size_t held_bytes() const override;
    std::size_t change_count() const override;
    CommitInfo commit(const CommitOptions& options) override;
    void rollback() override;

  private:
    void throw_if_over() const;
    // Shows snapshots what has been changed since the last one.
    void show_changes(StopQuestion* question);

    CoreReference core_;
    std::unique_ptr<HeldRight> right_;  // empty when the transaction is over
    std::shared_ptr<const State> state_;
    std::shared_ptr<NewTerms> terms_;
    TransactionChanges changes_;
    // The changes that snapshots have seen; nullptr before the first snapshot.
    std::shared_ptr<OwnChanges> seen_;
    std::size_t seen_triples_ = 0;
    std::shared_ptr<const OwnSnapshot> view_;  // of all in seen_
};

}  // namespace dossier::storage
