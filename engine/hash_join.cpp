#include "engine/hash_join.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/row_table.h"
#include "engine/spill_file.h"

namespace dossier::engine {

namespace {

constexpr std::size_t spill_partitions = 64;
constexpr std::size_t spill_buffer_bytes = std::size_t{16} << 10;
constexpr std::uint32_t no_row = 0xFFFFFFFFu;
// A pass takes at most so many rows: row numbers have 32 bits, and one is the end mark.
constexpr std::size_t rows_a_pass = std::size_t{1} << 31;

std::uint64_t mix(std::uint64_t h) {
    h ^= h >> 32;
    h *= 0x9E3779B97F4A7C15u;
    h ^= h >> 29;
    return h;
}

class HashJoinOperator final : public JoinOperator {
  public:
    HashJoinOperator(ExecutionContext& context, const HashJoinPlan& plan)
        : JoinOperator(context, plan, plan.shape(), plan.conditions()),
          left_input_(plan.inputs()[0]->make(context)),
          right_input_(plan.inputs()[1]->make(context)),
          left_width_(plan.inputs()[0]->variables().size()),
          right_width_(plan.inputs()[1]->variables().size()),
          table_(right_width_, context.memory()),
          index_charge_(context.memory()) {
        for (const JoinShape::Shared& key : shape().keys) {
            left_keys_.push_back(key.left);
            right_keys_.push_back(key.right);
        }
    }

  private:
    // ---- Building --------------------------------------------------------------------------

    // The bytes of head and chain arrays for so many rows.
    static std::size_t index_bytes(std::size_t rows) {
        return rows * sizeof(std::uint32_t) + head_count(rows) * sizeof(std::uint32_t);
    }
    static std::size_t head_count(std::size_t rows) {
        return std::bit_ceil(std::max<std::size_t>(rows + rows / 2, 16));
    }

    std::uint64_t hash_row(const TermId* row) const {
        std::uint64_t hash = 0;
        for (const std::size_t key : right_keys_) hash = mix(hash ^ row[key].bits);
        return hash;
    }

    void build() {
        built_ = true;
        Batch batch;
        while (right_input_->next(batch)) {
            if (!room_for(batch.size())) {
                spill_both(batch);
                return;
            }
            table_.append(batch);
        }
        right_input_.reset();
        make_index();
    }

    bool room_for(std::size_t rows) {
        const std::size_t total = table_.rows() + rows;
        if (total > rows_a_pass) return false;
        if (index_bytes(total) > index_charge_.bytes()) {
            // Ahead for a doubling, so that it is asked for seldom.
            if (!index_charge_.try_set(index_bytes(total * 2)) &&
                !index_charge_.try_set(index_bytes(total)))
                return false;
        }
        return table_.try_reserve(rows);
    }

    void make_index() {
        const std::size_t rows = table_.rows();
        heads_.assign(head_count(rows), no_row);
        chain_.resize(rows);
        mask_ = heads_.size() - 1;
        // From the last row to the first: chains then list rows in their order.
        for (std::size_t row = rows; row-- > 0;) {
            if ((row & 0xFFFF) == 0) context().check();
            std::uint32_t& head = heads_[hash_row(table_.row(row)) & mask_];
            chain_[row] = head;
            head = static_cast<std::uint32_t>(row);
        }
    }

    // ---- Spilling --------------------------------------------------------------------------

    struct Partition {
        std::unique_ptr<SpillFile> left, right;
    };

    void spill_both(Batch& batch) {
        spilled_ = true;
        const std::size_t count = right_keys_.empty() ? 1 : spill_partitions;
        partitions_.resize(count);
        for (Partition& partition : partitions_) {
            partition.left =
                std::make_unique<SpillFile>(context().spill_space(), spill_buffer_bytes);
            partition.right =
                std::make_unique<SpillFile>(context().spill_space(), spill_buffer_bytes);
        }
        std::vector<TermId> ids(stored_width(std::max(left_width_, right_width_)));
        for (std::size_t row = 0; row < table_.rows(); ++row) {
            if ((row & 0xFFF) == 0) context().check();
            std::copy_n(table_.row(row), right_width_, ids.begin());
            spill_right(ids);
        }
        table_.release();
        index_charge_.clear();
        do {
            for (const std::uint32_t row : batch.selected()) {
                for (std::size_t i = 0; i < right_width_; ++i) ids[i] = batch.column(i)[row];
                spill_right(ids);
            }
        } while (right_input_->next(batch));
        right_input_.reset();
        // The left side may be a join that spills as well: what is held while it does adds up.
        for (Partition& partition : partitions_) partition.right->finish();
        while (left_input_->next(batch)) {
            for (const std::uint32_t row : batch.selected()) {
                std::uint64_t hash = 0;
                for (const std::size_t key : left_keys_)
                    hash = mix(hash ^ batch.column(key)[row].bits);
                for (std::size_t i = 0; i < left_width_; ++i) ids[i] = batch.column(i)[row];
                Partition& partition = partitions_[partition_of(hash)];
                partition.left->write_ids(std::span(ids).first(stored_width(left_width_)));
            }
        }
        left_input_.reset();
        for (Partition& partition : partitions_) {
            partition.left->finish();
            statistics().spilled_bytes += partition.left->size() + partition.right->size();
        }
    }

    // Other bits than those that choose a chain.
    std::size_t partition_of(std::uint64_t hash) const {
        return partitions_.size() == 1 ? 0 : hash >> (64 - std::bit_width(spill_partitions - 1));
    }

    void spill_right(const std::vector<TermId>& ids) {
        partitions_[partition_of(hash_row(ids.data()))].right->write_ids(
            std::span(ids).first(stored_width(right_width_)));
    }

    // Rows without columns still have to be counted: they are stored as one unbound id.
    static std::size_t stored_width(std::size_t width) { return std::max<std::size_t>(width, 1); }

    // Loads what fits of the partition's right rows that are left.
    void load_pass() {
        table_.clear();
        std::vector<TermId> ids(stored_width(right_width_));
        while (!right_reader_->at_end()) {
            if ((table_.rows() & 0xFFF) == 0) context().check();
            if (!room_for(1)) {
                if (table_.rows() > 0) break;
                // Nothing at all fits: say which limit.
                context().memory().charge(index_bytes(16) + right_width_ * sizeof(TermId),
                                          "joining rows from temporary files");
            }
            right_reader_->read_ids(ids);
            std::copy_n(ids.begin(), right_width_, table_.append_row());
        }
        make_index();
    }

    // Moves to the next pass over the partition's left rows, or to the next partition; false at the
    // end.
    bool next_pass() {
        if (right_reader_ && !right_reader_->at_end()) {
            load_pass();
        } else {
            if (right_reader_) ++partition_;
            if (partition_ == partitions_.size()) return false;
            const SpillFile& file = *partitions_[partition_].right;
            right_reader_ = std::make_unique<SpillReader>(file, 0, file.size());
            partition_matched_.clear();
            load_pass();
            several_passes_ = !right_reader_->at_end();
        }
        const SpillFile& file = *partitions_[partition_].left;
        left_reader_ = std::make_unique<SpillReader>(file, 0, file.size());
        left_row_ = 0;
        set_final_pass(right_reader_->at_end());
        return true;
    }

    bool fetch_spilled(Batch& left) {
        while (!left_reader_ || left_reader_->at_end())
            if (!next_pass()) return false;
        left.reset(left_width_, context().batch_capacity());
        std::size_t rows = 0;
        std::vector<TermId> ids(stored_width(left_width_));
        while (rows < left.capacity() && !left_reader_->at_end()) {
            left_reader_->read_ids(ids);
            for (std::size_t i = 0; i < left_width_; ++i) left.column(i)[rows] = ids[i];
            ++rows;
        }
        left.set_rows(rows);
        if (several_passes_) {
            const std::size_t end = left_row_ + rows;
            if (partition_matched_.size() < end) partition_matched_.resize(end, 0);
            set_prior({partition_matched_.begin() + static_cast<std::ptrdiff_t>(left_row_),
                       partition_matched_.begin() + static_cast<std::ptrdiff_t>(end)});
        }
        return true;
    }

    void left_done() override {
        if (several_passes_)
            std::copy(matched().begin(), matched().end(),
                      partition_matched_.begin() + static_cast<std::ptrdiff_t>(left_row_));
        left_row_ += matched().size();
    }

    // ---- Probing ---------------------------------------------------------------------------

    bool fetch_left(Batch& left) override {
        if (!built_) build();
        if (spilled_) {
            if (!fetch_spilled(left)) return false;
        } else {
            // Nothing can match nothing.
            if (table_.rows() == 0 &&
                (shape().kind == JoinKind::inner || shape().kind == JoinKind::semi))
                return false;
            if (!left_input_->next(left)) return false;
        }
        probe_rows_ = left.selected();
        hashes_.assign(left.rows(), 0);
        for (const std::size_t key : left_keys_) {
            const TermId* column = left.column(key);
            for (const std::uint32_t row : probe_rows_)
                hashes_[row] = mix(hashes_[row] ^ column[row].bits);
        }
        next_probe_ = 0;
        candidate_ = no_row;
        in_row_ = false;
        return true;
    }

    bool equal_keys(std::uint32_t left_row, const TermId* right_row) const {
        for (std::size_t i = 0; i < left_keys_.size(); ++i)
            if (left().column(left_keys_[i])[left_row] != right_row[right_keys_[i]]) return false;
        return true;
    }

    bool generate(std::vector<Pair>& pairs, std::size_t limit) override {
        std::size_t steps = 0;
        while (next_probe_ < probe_rows_.size()) {
            const std::uint32_t row = probe_rows_[next_probe_];
            if (!in_row_) {
                candidate_ = heads_[hashes_[row] & mask_];
                in_row_ = true;
            }
            while (candidate_ != no_row && !decided(row)) {
                if (pairs.size() == limit) return true;
                if ((++steps & 0xFFFF) == 0) context().check();
                const std::uint32_t right = candidate_;
                candidate_ = chain_[right];
                if (!equal_keys(row, table_.row(right))) continue;
                if (one_match_decides())
                    set_matched(row);
                else
                    pairs.push_back({row, right});
            }
            if (wants_end_marks()) {
                if (pairs.size() == limit) {
                    candidate_ = no_row;
                    return true;
                }
                pairs.push_back({row, end_of_row});
            }
            ++next_probe_;
            in_row_ = false;
        }
        return false;
    }

    RightRows right_rows() override {
        RightRows rows;
        rows.stride = right_width_;
        for (std::size_t i = 0; i < right_width_; ++i) rows.columns.push_back(table_.data() + i);
        return rows;
    }

    OperatorPtr left_input_, right_input_;
    const std::size_t left_width_, right_width_;
    std::vector<std::size_t> left_keys_, right_keys_;
    bool built_ = false;
    RowTable table_;
    MemoryCharge index_charge_;
    std::vector<std::uint32_t> heads_, chain_;
    std::size_t mask_ = 0;

    bool spilled_ = false;
    std::vector<Partition> partitions_;
    std::size_t partition_ = 0;  // the present one
    std::unique_ptr<SpillReader> left_reader_, right_reader_;
    bool several_passes_ = false;
    std::vector<std::uint8_t> partition_matched_;
    std::size_t left_row_ = 0;  // of the partition: the present batch's first

    std::span<const std::uint32_t> probe_rows_;
    std::vector<std::uint64_t> hashes_;
    std::size_t next_probe_ = 0;
    std::uint32_t candidate_ = no_row;
    bool in_row_ = false;
};

}  // namespace

HashJoinPlan::HashJoinPlan(JoinKind kind, PlanPtr left, PlanPtr right, JoinConditions conditions,
                           Estimate estimate)
    : PlanNode(join_shape(kind, *left, *right).variables,
               join_shape(kind, *left, *right).may_be_unbound, {}, estimate, {left, right}),
      shape_(join_shape(kind, *left, *right)),
      conditions_(std::move(conditions)) {}

std::unique_ptr<Operator> HashJoinPlan::make(ExecutionContext& context) const {
    return std::make_unique<HashJoinOperator>(context, *this);
}

std::string HashJoinPlan::describe(const PlanNames& names) const {
    const bool product = shape_.keys.empty() && shape_.loose.empty();
    std::string out = product && shape_.kind == JoinKind::inner
                          ? std::string("CartesianProduct")
                          : std::string("Hash") + name_of(shape_.kind);
    return out + describe_join(shape_, conditions_.conditions, names);
}

std::string describe_join(const JoinShape& shape, const std::vector<ExpressionPtr>& conditions,
                          const PlanNames& names) {
    std::string out;
    std::vector<Variable> on;
    for (const JoinShape::Shared& key : shape.keys)
        on.push_back(shape.candidate_variables[key.left]);
    if (!on.empty()) out += ": on " + names.variables(on);
    on.clear();
    for (const JoinShape::Shared& key : shape.loose)
        on.push_back(shape.candidate_variables[key.left]);
    if (!on.empty())
        out += (out.empty() ? ": where bound on " : ", where bound on ") + names.variables(on);
    for (const ExpressionPtr& condition : conditions)
        out += (out.empty() ? ": if " : ", if ") + names.expression(*condition);
    return out;
}

}  // namespace dossier::engine
