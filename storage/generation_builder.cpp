#include "storage/generation_builder.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <dossier/error.h>

#include "storage/bytes.h"
#include "storage/column_block.h"
#include "storage/row_sum.h"

namespace dossier::storage {
namespace {

// Notes the graphs of a block, up to the number an entry has room for.
class GraphList {
  public:
    void add(TermId graph) {
        if (graph == last_ && count_ > 0) {
            return;
        }
        last_ = graph;
        if (many_) {
            return;
        }
        const auto end = graphs_.begin() + static_cast<std::ptrdiff_t>(count_);
        const auto place = std::lower_bound(graphs_.begin(), end, graph);
        if (place != end && *place == graph) {
            return;
        }
        if (count_ == graphs_.size()) {
            many_ = true;
            return;
        }
        std::copy_backward(place, end, end + 1);
        *place = graph;
        ++count_;
    }

    void write(DirectoryEntry& entry) const {
        entry.many_graphs = many_;
        if (!many_) {
            entry.graph_count = static_cast<std::uint8_t>(count_);
            entry.graphs = graphs_;
        }
    }

  private:
    std::array<TermId, DirectoryEntry::most_graphs> graphs_{};
    std::size_t count_ = 0;
    bool many_ = false;
    TermId last_;
};

}  // namespace

struct GenerationBuilder::Implementation {
    std::shared_ptr<BlockStore> store;
    Permutation permutation;
    Content content;
    BlockIdentity identity;
    std::size_t column_count;
    std::unique_ptr<Ingest> ingest;
    Generation result;
    bool finished = false;

    // Rows not written yet, from `begin` on; a block is cut when more than most_rows have come.
    // There is room for several, so that rows seldom have to be moved to the front.
    static constexpr std::size_t capacity = 4 * blocks::most_rows;
    std::array<std::vector<std::uint64_t>, blocks::most_columns> buffers;
    std::array<std::uint64_t*, blocks::most_columns> columns{};  // at `begin`
    std::size_t begin = 0;
    std::size_t buffered = 0;
    std::optional<Row> before;  // the row before the first buffered one

    Implementation(std::shared_ptr<BlockStore> block_store, Permutation order,
                   std::uint64_t generation, Content kind)
        : store(std::move(block_store)),
          permutation(order),
          content(kind),
          identity{order, generation, 0},
          column_count(kind == Content::changes ? 5 : 4) {
        for (std::size_t column = 0; column < column_count; ++column) {
            buffers[column].resize(capacity);
            columns[column] = buffers[column].data();
        }
    }

    void move_begin(std::size_t to) {
        begin = to;
        for (std::size_t column = 0; column < column_count; ++column) {
            columns[column] = buffers[column].data() + begin;
        }
    }

    void make_room() {
        if (begin + buffered < capacity) {
            return;
        }
        for (std::size_t column = 0; column < column_count; ++column) {
            std::memmove(buffers[column].data(), columns[column], buffered * 8);
        }
        move_begin(0);
    }

    Row row(std::size_t index) const {
        return {TermId{columns[0][index]}, TermId{columns[1][index]}, TermId{columns[2][index]},
                TermId{columns[3][index]}};
    }

    // Rows [from, buffered) must ascend, beginning with their predecessor.
    void check_order(std::size_t from) const {
        const std::uint64_t* data[blocks::most_columns];
        for (std::size_t column = 0; column < column_count; ++column) {
            data[column] = columns[column];
        }
        bool ascending = true;
        for (std::size_t i = std::max<std::size_t>(from, 1); i < buffered; ++i) {
            std::size_t column = 0;
            while (column + 1 < column_count && data[column][i] == data[column][i - 1]) {
                ++column;
            }
            ascending &= data[column][i] > data[column][i - 1];
        }
        if (from == 0 && before && content == Content::rows) {
            ascending = ascending && *before < row(0);
        }
        if (!ascending) {
            throw UsageError("rows of a generation must ascend");
        }
    }

    bool same_triple(std::size_t a, std::size_t b) const {
        return columns[0][a] == columns[0][b] && columns[1][a] == columns[1][b] &&
               columns[2][a] == columns[2][b];
    }

    // Rows equal in (s, p, o) stay in one block where it has room for them.
    std::size_t cut() const {
        std::size_t end = std::min(blocks::target_rows, buffered);
        if (is_graph_first(permutation)) {
            return end;
        }
        while (end < buffered && end < blocks::most_rows && same_triple(end - 1, end)) {
            ++end;
        }
        return end;
    }

    void write_full_blocks() {
        while (buffered > blocks::most_rows) {
            write_block(cut());
        }
    }

    void write_all() {
        write_full_blocks();
        if (buffered > 0) {
            write_block(buffered);
        }
    }

    void describe(DirectoryEntry& entry, std::size_t rows) const {
        entry.first = row(0);
        entry.last = row(rows - 1);
        entry.rows = static_cast<std::uint32_t>(rows);
        entry.generation = identity.generation;
        entry.ordinal = identity.ordinal;
        const auto& roles = permutation_roles[static_cast<std::size_t>(permutation)];
        std::array<const std::uint64_t*, 4> by_role{};
        for (std::size_t column = 0; column < 4; ++column) {
            by_role[roles[column]] = columns[column];
        }
        entry.sum = sum_of_rows(by_role, rows);
        for (std::size_t i = 0; i < rows; ++i) {
            entry.object_tags |= std::uint64_t{1} << (by_role[2][i] >> TermId::payload_bits);
        }
        if (is_triple_permutation(permutation)) {
            entry.many_graphs = true;
        } else {
            GraphList graphs;
            std::uint32_t of_default = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                graphs.add(TermId{by_role[3][i]});
                of_default += static_cast<std::uint32_t>(by_role[3][i] == default_graph.bits);
            }
            graphs.write(entry);
            entry.default_rows = of_default;
        }
        entry.distinct_triples = static_cast<std::uint32_t>(distinct(rows));
    }

    std::size_t distinct(std::size_t rows) const {
        if (content == Content::changes) {
            std::size_t inserts = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                inserts += static_cast<std::size_t>(Version{columns[4][i]}.insert());
            }
            return inserts;
        }
        if (is_graph_first(permutation)) {
            return rows;
        }
        const Row first = row(0);
        std::size_t count = before && (*before)[0] == first[0] && (*before)[1] == first[1] &&
                                    (*before)[2] == first[2]
                                ? 0
                                : 1;
        const std::uint64_t* a = columns[0];
        const std::uint64_t* b = columns[1];
        const std::uint64_t* c = columns[2];
        for (std::size_t i = 1; i < rows; ++i) {
            const std::uint64_t different =
                (a[i] ^ a[i - 1]) | (b[i] ^ b[i - 1]) | (c[i] ^ c[i - 1]);
            count += static_cast<std::size_t>(different != 0);
        }
        return count;
    }

    void write_block(std::size_t rows) {
        std::array<const std::uint64_t*, blocks::most_columns> pointers{};
        for (std::size_t column = 0; column < column_count; ++column) {
            pointers[column] = columns[column];
        }
        const std::string block =
            encode_block(identity, std::span(pointers.data(), column_count), rows);
        DirectoryEntry entry;
        describe(entry, rows);
        entry.bytes = static_cast<std::uint32_t>(block.size());
        std::memcpy(&entry.checksum, block.data() + block.size() - 8, 8);
        if (ingest == nullptr) {
            ingest = store->begin_ingest(Family::blocks);
        }
        ingest->add(block_key(permutation, identity.generation, identity.ordinal), block);
        ++identity.ordinal;
        result.rows += rows;
        result.distinct_triples += entry.distinct_triples;
        result.sum += entry.sum;
        result.bytes += block.size();
        result.entries.push_back(entry);
        before = row(rows - 1);
        buffered -= rows;
        move_begin(begin + rows);
    }

    void append(std::span<const TermId* const> from, const Version* versions, std::size_t rows) {
        if ((versions != nullptr) != (content == Content::changes)) {
            throw UsageError("versions belong to runs, and only to them");
        }
        std::size_t at = 0;
        while (at < rows) {
            make_room();
            const std::size_t count = std::min(rows - at, capacity - begin - buffered);
            for (std::size_t column = 0; column < 4; ++column) {
                std::memcpy(columns[column] + buffered, from[column] + at, count * 8);
            }
            if (versions != nullptr) {
                std::memcpy(columns[4] + buffered, versions + at, count * 8);
            }
            const std::size_t checked = buffered;
            buffered += count;
            at += count;
            check_order(checked);
            write_full_blocks();
        }
    }
};

GenerationBuilder::GenerationBuilder(std::shared_ptr<BlockStore> store, Permutation permutation,
                                     std::uint64_t generation, Content content)
    : implementation_(
          std::make_unique<Implementation>(std::move(store), permutation, generation, content)) {}

GenerationBuilder::~GenerationBuilder() = default;

void GenerationBuilder::add(std::span<const TermId* const> columns, std::size_t rows) {
    implementation_->append(columns, nullptr, rows);
}

void GenerationBuilder::add(std::span<const TermId* const> columns, const Version* versions,
                            std::size_t rows) {
    implementation_->append(columns, versions, rows);
}

void GenerationBuilder::add(std::span<const Row> rows) {
    std::array<std::array<TermId, 256>, 4> columns;
    const std::array<const TermId*, 4> pointers{columns[0].data(), columns[1].data(),
                                                columns[2].data(), columns[3].data()};
    for (std::size_t at = 0; at < rows.size();) {
        const std::size_t count = std::min<std::size_t>(256, rows.size() - at);
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t column = 0; column < 4; ++column) {
                columns[column][i] = rows[at + i][column];
            }
        }
        add(pointers, count);
        at += count;
    }
}

void GenerationBuilder::continue_after(const Row& row) {
    implementation_->before = row;
}

void GenerationBuilder::end_block() {
    implementation_->write_all();
}

std::uint64_t GenerationBuilder::rows() const {
    return implementation_->result.rows + implementation_->buffered;
}

std::size_t GenerationBuilder::blocks() const {
    return implementation_->identity.ordinal;
}

Generation GenerationBuilder::finish() {
    if (implementation_->finished) {
        throw UsageError("a generation is finished once");
    }
    implementation_->finished = true;
    implementation_->write_all();
    if (implementation_->ingest != nullptr) {
        implementation_->ingest->finish();
    }
    return std::move(implementation_->result);
}

std::string block_key(Permutation permutation, std::uint64_t generation, std::uint32_t ordinal) {
    std::string key;
    bytes::append_big(key, static_cast<std::uint8_t>(permutation));
    bytes::append_big(key, generation);
    bytes::append_big(key, ordinal);
    return key;
}

void drop_generation(BlockStore& store, Permutation permutation, std::uint64_t generation) {
    store.drop(Family::blocks, block_key(permutation, generation, 0),
               block_key(permutation, generation + 1, 0));
}

std::vector<std::uint64_t> list_generations(const BlockStore& store, Permutation permutation) {
    std::vector<std::uint64_t> result;
    for (const IngestedFile& file : store.list(Family::blocks)) {
        if (static_cast<std::uint8_t>(file.first_key.at(0)) ==
            static_cast<std::uint8_t>(permutation)) {
            result.push_back(
                bytes::read_big<std::uint64_t>(std::string_view(file.first_key).substr(1)));
        }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

}  // namespace dossier::storage
