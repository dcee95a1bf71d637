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
        coalesce(errors, 0) as errors,
        cast(coalesce(seconds, 0) as decimal(18, 3)) as seconds,
        tested_on
    from landed
)

select * from final
