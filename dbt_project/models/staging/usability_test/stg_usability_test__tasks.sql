-- Grain: one task that one participant of a usability test tried.
-- depends_on: {{ source('usability_test', 'tasks') }}
with

landed as (select * from {{ landed('usability_test', 'tasks') }}),

-- a task that was tried again is another try
final as (
    select
        'usability_test' as source,
        account,
        test_id,
        participant_key,
        task,
        row_number() over (partition by account, test_id, participant_key, task order by _row) as attempt,
        is_success,
        -- an empty cell of a sheet that counts errors is none; a sheet that does not count them says nothing
        case when count(errors) over (partition by _batch_id) > 0 then coalesce(errors, 0) end as errors,
        cast(seconds as decimal(18, 3)) as seconds,
        tested_on
    from landed
)

select * from final
