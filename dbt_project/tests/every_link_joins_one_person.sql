-- Identities named in one trace are one person's. Should this fail, the rounds of int_identity_person were
-- too few for a chain of links.
select
    mentions.trace_id,
    count(distinct identities.person_id) as persons
from {{ ref('int_identity_mentions') }} as mentions
inner join {{ ref('int_identity_person') }} as identities
    on mentions.id_type = identities.id_type and mentions.id_value = identities.id_value
group by mentions.trace_id
having count(distinct identities.person_id) > 1
