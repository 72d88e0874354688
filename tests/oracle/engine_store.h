#pragma once

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/query_executor.h"
#include "engine/store_impl.h"
#include "tests/oracle/random_data.h"
#include "tests/oracle/store_making.h"

namespace dossier::oracle {

// How the engine is made to do it: the answers are the same.
struct Variant {
    std::string name = "as it is";
    engine::PlanOptions options;
    std::size_t memory = std::size_t{256} << 20;
    // Running into the memory limit is an answer too.
    bool may_reach_limit = false;
    // More: each answers the prepared query at the same time (SELECT).
    std::size_t threads = 1;
    // Reading ends with the first batch that has more in all.
    std::size_t most_rows = std::numeric_limits<std::size_t>::max();
    std::optional<std::chrono::nanoseconds> timeout = {};  // Interrupted
};
const std::vector<Variant>& variants();

// A row is a text a column: the term, or "-".
using TextRow = std::vector<std::string>;

struct Answer {
    std::vector<std::string> columns;
    std::vector<TextRow> rows;
    bool reached_limit = false;
};

// A store with given statements, made in one of the ways there are.
class EngineStore {
  public:
    // Throws std::logic_error where the store does not hold as many statements afterwards.
    EngineStore(const std::vector<Quad>& quads, Making making);

    // The statements as the store names their blank nodes.
    const std::vector<Quad>& quads() const { return quads_; }

    // Parses and plans it once; throws what the engine throws.
    class Prepared {
      public:
        Answer run(const Variant& variant) const;
        std::string explain(const Variant& variant) const;

      private:
        friend class EngineStore;
        const EngineStore* store_ = nullptr;
        std::shared_ptr<const engine::TranslatedPattern> pattern_;
    };
    Prepared prepare(const std::string& text) const;

    // One column "answer" with true or false.
    Answer ask(const std::string& text, const Variant& variant) const;
    Answer construct(const std::string& text, const Variant& variant) const;
    // See update_store(). Not of an older snapshot.
    void update(const std::string& text, const std::vector<std::string>& disabled_passes = {},
                const std::string& load_folder = {});
    // Reads quads() again, after an update.
    void read_back();

  private:
    std::shared_ptr<const storage::Snapshot> snapshot() const;

    MadeStore made_;
    std::shared_ptr<Store::Impl> impl_;
    std::vector<Quad> quads_;
};

}  // namespace dossier::oracle
