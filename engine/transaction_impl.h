#pragma once

#include <memory>

#include <dossier/transaction.h>

#include "engine/query_impl.h"
#include "engine/store_impl.h"
#include "storage/store.h"

namespace dossier {

struct Transaction::Impl {
    std::shared_ptr<Store::Impl> store;
    // Shared with the queries prepared in it; emptied when the transaction is over.
    std::shared_ptr<std::shared_ptr<storage::Transaction>> transaction;
    std::shared_ptr<const storage::Snapshot> base;  // the store's state before it
    UpdateReport report;

    // Throws UsageError when it is over.
    std::shared_ptr<storage::Transaction> open_transaction() const;
    SnapshotProvider snapshots() const;
};

}  // namespace dossier
