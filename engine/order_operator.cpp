#include "engine/order_operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <string>
#include <utility>

#include <dossier/error.h>

#include "engine/function_columns.h"
#include "engine/order_key.h"
#include "engine/order_window.h"
#include "engine/row_sort.h"
#include "engine/row_table.h"

namespace dossier::engine {

namespace {

// The keys of one condition. Those of terms that need the dictionary are made once per id.
class KeyColumn {
  public:
    KeyColumn(const OrderCondition& condition, const std::vector<Variable>& columns,
              ExecutionContext& context, const ExistsFactory& exists)
        : function_(*condition.expression, columns, context, exists),
          descending_(condition.descending) {}

    void evaluate(const Batch& batch, std::span<const std::uint32_t> rows) {
        cells_ = function_.evaluate(batch, rows);
        wanted_.clear();
        for (const Cell& cell : cells_)
            if (is_remembered(cell) && !keys_.contains(cell.bits)) wanted_.push_back(cell);
        function_.scope().decode(wanted_);
    }

    void append(std::size_t row, std::string& key) {
        const Cell& cell = cells_[row];
        if (!is_remembered(cell)) {
            make(cell, key);
            return;
        }
        const auto [place, is_new] = keys_.try_emplace(cell.bits);
        if (is_new) {
            if (bytes_ > most_bytes) {
                keys_.clear();
                bytes_ = 0;
                make(cell, key);
                return;
            }
            make(cell, place->second);
            bytes_ += place->second.size() + 64;
        }
        key += place->second;
    }

    // The id that tells a row's key; unbound where there is none that would be worth remembering.
    TermId id_of(std::size_t row) const {
        return is_remembered(cells_[row]) ? cells_[row].id() : storage::unbound;
    }

    // The column of the batch that it is; negative where it is more.
    int column() const { return function_.column(); }
    // The key of one id of that column.
    void append_one(TermId id, std::string& key) {
        function_.scope().begin();
        make(Cell::of(id), key);
    }

  private:
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;

    static bool is_remembered(const Cell& cell) {
        return cell.kind == Cell::Kind::id && !cell.id().is_inline();
    }
    void make(const Cell& cell, std::string& key) {
        const std::size_t begin = key.size();
        append_order_key(key, function_.scope(), cell);
        if (descending_) invert_order_key(key, begin);
    }

    FunctionColumn function_;
    bool descending_;
    std::span<const Cell> cells_;
    std::vector<Cell> wanted_;
    boost::unordered_flat_map<std::uint64_t, std::string> keys_;
    std::size_t bytes_ = 0;
};

class OrderOperator final : public Operator {
  public:
    OrderOperator(ExecutionContext& context, const OrderPlan& plan)
        : Operator(context, plan),
          input_(plan.inputs()[0]->make(context)),
          width_(plan.variables().size()),
          sort_(context, width_, plan.limit()),
          window_(width_, context.memory()) {
        for (const OrderCondition& condition : plan.conditions())
            keys_.push_back(
                std::make_unique<KeyColumn>(condition, plan.variables(), context, plan.exists()));
        // Rows wait in a window where their keys are terms, to be decoded together.
        const bool are_columns = std::all_of(keys_.begin(), keys_.end(),
                                             [](const auto& key) { return key->column() >= 0; });
        if (!are_columns) return;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            window_keys_.push_back(
                std::make_unique<OrderKeys>(context, plan.conditions()[i].descending));
        const std::size_t row_bytes = std::max<std::size_t>(width_, 1) * sizeof(TermId);
        window_rows_ = std::max(context.memory().limit() / 12 / row_bytes, least_window);
    }

  private:
    bool produce(Batch& out) override {
        if (input_) {
            Batch batch;
            while (input_->next(batch)) take(batch);
            input_.reset();
            take_window();
            window_.release();
            window_keys_.clear();
            keys_.clear();
            shared_ = {};
            sort_.finish();
            statistics().spilled_bytes = sort_.spilled_bytes();
        }
        std::size_t rows = 0;
        for (; rows < out.capacity(); ++rows) {
            const TermId* row = sort_.next();
            if (row == nullptr) break;
            for (std::size_t column = 0; column < width_; ++column)
                out.column(column)[rows] = row[column];
        }
        out.set_rows(rows);
        return rows > 0;
    }

    void take(const Batch& batch) {
        const std::span<const std::uint32_t> rows = batch.selected();
        if (!window_keys_.empty() && width_ > 0) {
            if (window_.rows() + rows.size() > window_rows_ || !window_.try_reserve(rows.size())) {
                take_window();
                window_.clear();
            }
            if (window_.try_reserve(rows.size())) {
                window_.append(batch);
                return;
            }
        }
        for (auto& key : keys_) key->evaluate(batch, rows);
        row_.resize(width_);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (std::size_t column = 0; column < width_; ++column)
                row_[column] = batch.column(column)[rows[i]];
            add(i);
        }
    }

    // Hands the rows of the window on, with their keys.
    void take_window() {
        for (std::size_t begin = 0, end = window_.rows(); begin < window_.rows();) {
            if (!prepare_keys(begin, end)) {
                // Too long together: fewer at a time, at last whatever they take.
                end = begin + (end - begin) / 2;
                continue;
            }
            for (; begin < end; ++begin) {
                if (begin % Batch::max_capacity == 0) context().check();
                add_from_window(begin);
            }
            end = window_.rows();
        }
        for (auto& keys : window_keys_) keys->clear();
    }

    // Keys for the window's rows [begin, end); one row always gets its own.
    bool prepare_keys(std::size_t begin, std::size_t end) {
        if (end - begin <= 1) {
            single_ = true;
            return true;
        }
        single_ = false;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            const auto column = static_cast<std::size_t>(keys_[i]->column());
            ids_.clear();
            for (std::size_t row = begin; row < end; ++row) {
                const TermId id = window_.row(row)[column];
                if (OrderKeys::is_kept(id) && (ids_.empty() || ids_.back() != id))
                    ids_.push_back(id);
            }
            if (window_keys_[i]->prepare(ids_)) continue;
            for (auto& keys : window_keys_) keys->clear();
            return false;
        }
        return true;
    }

    void add_from_window(std::size_t index) {
        const TermId* row = window_.row(index);
        row_.assign(row, row + width_);
        const TermId id = keys_.size() == 1 ? row[keys_[0]->column()] : storage::unbound;
        add(OrderKeys::is_kept(id) ? id : storage::unbound, [&] {
            for (std::size_t i = 0; i < keys_.size(); ++i) {
                const TermId value = row[keys_[i]->column()];
                if (single_)
                    keys_[i]->append_one(value, key_);
                else
                    window_keys_[i]->append(value, key_);
            }
        });
    }

    void add(std::size_t row) {
        add(keys_.size() == 1 ? keys_[0]->id_of(row) : storage::unbound, [&] {
            for (auto& column : keys_) column->append(row, key_);
        });
    }

    // Adds row_ with the key that `append` puts into key_; `id` tells the key where it is bound.
    template <typename Append>
    void add(TermId id, const Append& append) {
        if (id.bound()) {
            const auto found = shared_.find(id.bits);
            if (found != shared_.end()) {
                const RowSort::Key key = found->second;
                if (sort_.is_too_late({key.bytes, key.size}) || sort_.add(key, row_.data())) return;
                shared_.clear();
            }
        }
        key_.clear();
        append();
        if (key_.size() > UINT32_MAX) throw LimitError("a key of ORDER BY is longer than 4 GiB");
        if (sort_.is_too_late(key_)) return;
        RowSort::Key key = sort_.store(key_);
        if (!sort_.add(key, row_.data())) {
            shared_.clear();
            key = sort_.store(key_);
            if (!sort_.add(key, row_.data()))
                throw LimitError(
                    fmt::format("the query's memory limit of {} bytes is too small to sort by a "
                                "key of {} bytes",
                                context().memory().limit(), key_.size()));
        }
        if (id.bound()) {
            shared_.emplace(id.bits, key);
            sort_.set_others(shared_.bucket_count() * 32);
        }
    }

    OperatorPtr input_;
    std::size_t width_;
    RowSort sort_;
    std::vector<std::unique_ptr<KeyColumn>> keys_;
    // For one condition: keys of ids that are stored already.
    boost::unordered_flat_map<std::uint64_t, RowSort::Key> shared_;
    std::vector<TermId> row_;
    std::string key_;

    static constexpr std::size_t least_window = 4096;
    RowTable window_;
    std::vector<std::unique_ptr<OrderKeys>> window_keys_;  // none: no window
    std::size_t window_rows_ = 0;
    std::vector<TermId> ids_;
    bool single_ = false;
};

}  // namespace

OrderPlan::OrderPlan(PlanPtr input, std::vector<OrderCondition> conditions,
                     std::optional<std::uint64_t> limit, ExistsFactory exists)
    : PlanNode(input->variables(), input->unbound_flags(), {},
               [&] {
                   const double rows = input->estimate().rows;
                   const double kept = limit ? std::min(rows, static_cast<double>(*limit)) : rows;
                   const double cost = input->estimate().cost + rows * 200;
                   return Estimate{kept, cost, cost};
               }(),
               {input}),
      conditions_(std::move(conditions)),
      limit_(limit),
      exists_(std::move(exists)) {}

std::unique_ptr<Operator> OrderPlan::make(ExecutionContext& context) const {
    return std::make_unique<OrderOperator>(context, *this);
}

std::string OrderPlan::describe(const PlanNames& names) const {
    std::string text = limit_ ? fmt::format("Top {}: by", *limit_) : "Sort: by";
    for (const OrderCondition& condition : conditions_) {
        const std::string expression = names.expression(*condition.expression);
        text += condition.descending ? " DESC(" + expression + ")" : " " + expression;
    }
    return text;
}

PlanPtr make_order(PlanPtr input, std::vector<OrderCondition> conditions,
                   std::optional<std::uint64_t> limit, ExistsFactory exists) {
    return std::make_shared<OrderPlan>(std::move(input), std::move(conditions), limit,
                                       std::move(exists));
}

}  // namespace dossier::engine
