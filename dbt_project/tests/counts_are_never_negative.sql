-- Money may be negative (more given back than sold); a count may not.
select race_measure.*
from {{ ref('race_measure') }} as race_measure
inner join {{ ref('measures') }} as measures on race_measure.measure = measures.measure
where measures.unit in ('count', 'seconds') and race_measure.value < 0
