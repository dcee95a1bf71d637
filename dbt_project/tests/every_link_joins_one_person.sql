-- Identities named in one trace are one person's, but for those that are left out of joining.
select
    mentions.trace_id,
    count(distinct identities.person_id) as persons
from {{ ref('int_identity_mentions') }} as mentions
inner join {{ ref('int_identity_person') }} as identities
    on mentions.id_type = identities.id_type and mentions.id_value = identities.id_value
left join {{ ref('int_identity_left_out') }} as left_out
    on mentions.id_type = left_out.id_type and mentions.id_value = left_out.id_value
where left_out.id_type is null
group by mentions.trace_id
having count(distinct identities.person_id) > 1
