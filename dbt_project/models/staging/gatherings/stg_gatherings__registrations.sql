-- Grain: one registration for a gathering, as the newest export shows it.
-- depends_on: {{ source('gatherings', 'registrations') }}
with

landed as (select * from {{ landed('gatherings', 'registrations') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'gatherings' as source,
        account,
        registration_id,
        trim(gathering) as gathering,
        starts_at,
        registered_at,
        email_hash,
        coalesce(lower(trim(status)) = 'cancelled', false) as is_cancelled,
        -- who came at a time came
        case
            when checked_in_at is not null or lower(trim(attended)) = 'yes' then true
            when lower(trim(attended)) = 'no' then false
        end as is_attended,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
