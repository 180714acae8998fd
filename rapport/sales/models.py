"""What sales keeps, one line for each."""

from rapport.sales.deals.models import Deal as Deal
from rapport.sales.deals.models import StageMove as StageMove
from rapport.sales.pipelines.models import LossReason as LossReason
from rapport.sales.pipelines.models import Pipeline as Pipeline
from rapport.sales.pipelines.models import Stage as Stage
