#include "tests/oracle/campaign.h"

namespace dossier::oracle {

CampaignReport run_relations(const CampaignOptions&) {
    return {};
}

}  // namespace dossier::oracle
