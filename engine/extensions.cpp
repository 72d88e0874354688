#include <dossier/extensions.h>

namespace dossier {

AggregateFunction::~AggregateFunction() = default;

}  // namespace dossier
