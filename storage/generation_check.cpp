#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <dossier/error.h>
#include <fmt/format.h>

#include "storage/column_block.h"
#include "storage/generation_builder.h"
#include "storage/merged_blocks.h"
#include "storage/permutation_index.h"

// The check of stored blocks: every byte, every order, every sum.

namespace dossier::storage {
namespace {

class BlockChecker {
  public:
    BlockChecker(Permutation permutation, bool versions)
        : permutation_(permutation), versions_(versions) {}

    // Throws StoreError for what is wrong.
    void check(const BlockStore& store, const DirectoryEntry& entry) {
        const PinnedValue value =
            store.get(Family::blocks, block_key(permutation_, entry.generation, entry.ordinal));
        if (!value.found()) {
            throw StoreError("missing");
        }
        const ColumnBlock block(value, {permutation_, entry.generation, entry.ordinal});
        require(block.checksum() == entry.checksum && block.rows() == entry.rows,
                "not the block that the directory names");
        require(block.columns() == (versions_ ? 5u : 4u), "wrong number of columns");
        RowSum sum;
        std::uint64_t tags = 0;
        std::uint32_t distinct = 0;
        std::vector<TermId> graphs;
        std::uint32_t of_default = 0;
        std::array<std::array<std::uint64_t, blocks::mini_rows>, blocks::most_columns> columns;
        for (std::size_t mini = 0; mini < block.minis(); ++mini) {
            for (std::size_t column = 0; column < block.columns(); ++column) {
                block.decode(column, mini, columns[column].data());
                require(block.first(column, mini) == columns[column][0], "a wrong first value");
            }
            for (std::size_t i = 0; i < block.mini_size(mini); ++i) {
                const Row row{TermId{columns[0][i]}, TermId{columns[1][i]}, TermId{columns[2][i]},
                              TermId{columns[3][i]}};
                const Version version{versions_ ? columns[4][i] : 0};
                const RowChange change{row, version};
                require(!last_ || *last_ < change, "rows do not ascend");
                const QuadIds quad = to_quad(row, permutation_);
                sum += row_hash(quad);
                tags |= std::uint64_t{1} << static_cast<unsigned>(quad.object.tag());
                if (versions_) {
                    distinct += static_cast<std::uint32_t>(version.insert());
                } else {
                    distinct += static_cast<std::uint32_t>(
                        is_graph_first(permutation_) || !last_ || last_->row[0] != row[0] ||
                        last_->row[1] != row[1] || last_->row[2] != row[2]);
                }
                note_graph(graphs, quad.graph);
                of_default += static_cast<std::uint32_t>(quad.graph == default_graph);
                last_ = change;
                if (mini == 0 && i == 0) {
                    require(row == entry.first, "another first row than in the directory");
                }
            }
        }
        require(last_ && last_->row == entry.last, "another last row than in the directory");
        require(sum == entry.sum, "the sum of the rows is wrong");
        require(tags == entry.object_tags, "the tags of objects are wrong");
        require(distinct == entry.distinct_triples, "the count of triples is wrong");
        require(!entry.default_rows || *entry.default_rows == of_default,
                "the count of the default graph is wrong");
        if (!entry.many_graphs) {
            require(std::equal(graphs.begin(), graphs.end(), entry.known_graphs().begin(),
                               entry.known_graphs().end()),
                    "the list of graphs is wrong");
        }
    }

  private:
    static void require(bool condition, const char* problem) {
        if (!condition) {
            throw StoreError(problem);
        }
    }

    static void note_graph(std::vector<TermId>& graphs, TermId graph) {
        const auto place = std::lower_bound(graphs.begin(), graphs.end(), graph);
        if ((place == graphs.end() || *place != graph) &&
            graphs.size() <= DirectoryEntry::most_graphs) {
            graphs.insert(place, graph);
        }
    }

    Permutation permutation_;
    bool versions_;
    std::optional<RowChange> last_;
};

}  // namespace

std::vector<std::string> PermutationIndex::verify() const {
    std::vector<std::string> problems;
    const BlockStore& store = blocks_->cache()->store();
    const auto check = [&](const Directory& directory, bool versions) {
        BlockChecker checker(permutation(), versions);
        for (std::size_t block = 0; block < directory.size(); ++block) {
            const DirectoryEntry& entry = directory[block];
            try {
                checker.check(store, entry);
            } catch (const StoreError& error) {
                problems.push_back(fmt::format("permutation {}, generation {}, block {}: {}",
                                               static_cast<unsigned>(permutation()),
                                               entry.generation, entry.ordinal, error.what()));
            }
        }
    };
    check(blocks_->base(), false);
    for (const Run& run : blocks_->runs()) {
        check(*run.directory, true);
    }
    return problems;
}

}  // namespace dossier::storage
