-- Grain: one try of one task by one participant of a usability test.
with

tasks as (select * from {{ ref('stg_usability_test__tasks') }}),

final as (
    select
        {{ key_of(['account', 'test_id', 'participant_key', 'task', 'attempt']) }} as usability_task_id,
        source,
        account,
        test_id,
        participant_key,
        task,
        tested_on as day,
        is_success,
        errors,
        seconds
    from tasks
)

select * from final
